// The explorer in the browser: one canvas of lanes over time, a table of the events in view, the proof of one event.
// The kernel counts and finds; this file draws, and asks for one thing at a time (see workbench/explorer/widget.py).
// All data is shown with textContent or fillText: names, messages and ids may be hostile.

const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const STEPS = [
  ...[0.001, 0.01, 0.1, 1, 10, 100].flatMap((one) => [one, 2 * one, 5 * one]),
  ...[1, 2, 5, 10, 15, 30].map((one) => one * SECOND), ...[1, 2, 5, 10, 15, 30].map((one) => one * MINUTE),
  ...[1, 2, 3, 6, 12].map((one) => one * HOUR), ...[1, 2, 7, 14, 28, 91, 182, 364, 3640].map((one) => one * DAY),
];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const SHORTEST = 0.1; // ms in view
const BIN = 3; // pixels of a bar, or a little more
const MOST_MARKS = 4000;
const PAGE = 100; // rows that the table fetches at once
const ROW = 24; // pixels
const TALLEST = 6e6; // pixels: browsers stop at some ten millions
const PATIENCE = 30 * SECOND; // the kernel gives up a search after 20
const FLAG = 14, CURVE = 44, BAND = 16, RULER = 24, FOOT = 22, ROWS_OF_FLAGS = 5;
const ERRORS = 6; // of a lane's height
const KEYS = [
  ["w  s", "zoom in, out"], ["a  d  ←  →", "move back, on"], ["0", "everything"], ["i", "the incident"],
  ["n  p", "next, previous event"], ["e  E", "next, previous error"], ["m  M", "next, previous milestone"],
  ["Enter", "the event's raw line"], ["k", "only what could be known by a moment; everything again"],
  ["[  ]", "the cursor an event back, on"], ["{  }", "the cursor a minute back, on"], ["o", "all events with matches in the light, or only matches"],
  ["f", "fold what says one thing into one row"], ["→  ←", "in the folded table: open, close a row"], ["/", "search"], ["Esc", "close, or leave the search"], ["?", "this list"],
  ["1 … 9", "the tabs below the lanes"], ["Ctrl + Z", "undo; with Shift redo"],
  ["drag", "move"], ["Shift + drag", "zoom to a stretch"], ["Ctrl + wheel", "zoom"],
];

const count = (number) => Number(number).toLocaleString("en-US");
const pad = (number, width = 2) => String(number).padStart(width, "0");
const plural = (number, word) => `${count(number)} ${word}${number === 1 ? "" : "s"}`;
const clamp = (value, low, high) => Math.max(low, Math.min(high, value));
const formats = new Map();

/** Year, month, day, hour, minute, second and milliseconds of a moment, in UTC or a zone. */
function fields(ms, zone = "") {
  const date = new Date(ms), rest = ms - Math.floor(ms / SECOND) * SECOND;
  if (!zone) {
    return [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes(),
      date.getUTCSeconds(), rest];
  }
  if (!formats.has(zone)) {
    formats.set(zone, new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", year: "numeric",
      month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" }));
  }
  const named = Object.fromEntries(formats.get(zone).formatToParts(date).map((part) => [part.type, Number(part.value)]));
  return [named.year, named.month, named.day, named.hour, named.minute, named.second, rest];
}

/** Whether this browser has the zone. */
function known(zone) {
  try {
    return Boolean(zone) && Boolean(new Intl.DateTimeFormat("en-US", { timeZone: zone }));
  } catch {
    return false;
  }
}

/** How far a zone is ahead of UTC, in ms. */
function offset(ms, zone) {
  const [year, month, date, hour, minute, second] = fields(ms, zone);
  return Date.UTC(year, month - 1, date, hour, minute, second) - Math.floor(ms / SECOND) * SECOND;
}

function clock(ms, step = SECOND, zone = "") {
  const [, , , hour, minute, second, rest] = fields(ms, zone);
  const digits = step >= SECOND ? 0 : step >= 1 ? 3 : 6;
  const whole = `${pad(hour)}:${pad(minute)}`;
  if (step >= MINUTE) return whole;
  return `${whole}:${pad(second)}${digits ? "." + (rest / SECOND).toFixed(digits).slice(2) : ""}`;
}

function day(ms, zone = "", withYear = false) {
  const [year, month, date] = fields(ms, zone);
  return `${date} ${MONTHS[month - 1]}${withYear ? " " + year : ""}`;
}

/** A stretch in words: its day once, where it is one. */
function stretch(start, end, step) {
  const same = day(start) === day(end) && end - start < DAY;
  if (end - start > 3 * DAY) return `${day(start)} to ${day(end, "", true)}`;
  return same ? `${day(start, "", true)}, ${clock(start, step)} to ${clock(end, step)}`
    : `${day(start)} ${clock(start, step)} to ${day(end, "", true)} ${clock(end, step)}`;
}

const niceStep = (least) => STEPS.find((step) => step >= least) ?? STEPS.at(-1);
const precision = (span) => (span > 20 * MINUTE ? MINUTE : span > 20 * SECOND ? SECOND : span > 20 ? 1 : 0.001);

/** An element with properties and children; text is text. */
function make(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "on") for (const [event, act] of Object.entries(value)) made.addEventListener(event, act);
    else if (name === "className" || name === "textContent" || name === "value") made[name] = value;
    else if (value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((one) => one !== null && one !== undefined));
  return made;
}
