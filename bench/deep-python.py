"""Runs a Python program whose recursion may go deep: python3 deep-python.py PROGRAM [ARGUMENT...]"""
import runpy
import sys
import threading

status = 1


def run():
    global status
    del sys.argv[0]
    try:
        runpy.run_path(sys.argv[0], run_name='__main__')
        status = 0
    except SystemExit as stop:
        status = stop.code


sys.setrecursionlimit(10**6)
threading.stack_size(512 << 20)
thread = threading.Thread(target=run)
thread.start()
thread.join()
sys.exit(status)
