/** `time.ctime`: a time in the local zone, as C prints it. */

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Of milliseconds since 1970: `Tue Jan  2 03:04:05 2024`. */
export function ctime(milliseconds: number): string {
  const date = new Date(Math.floor(milliseconds / 1000) * 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${DAYS[date.getDay()]} ${MONTHS[date.getMonth()]} ${String(date.getDate()).padStart(2)}`;
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${day} ${time} ${date.getFullYear()}`;
}
