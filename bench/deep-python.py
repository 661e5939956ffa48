"""Runs a Python program whose recursion may go deep: python3 deep-python.py PROGRAM [ARGUMENT...]"""
import runpy
import sys
import threading


def run():
    del sys.argv[0]
    runpy.run_path(sys.argv[0], run_name='__main__')


sys.setrecursionlimit(10**6)
threading.stack_size(512 << 20)
thread = threading.Thread(target=run)
thread.start()
thread.join()
