// Times that people write: read with the zone that stands behind them, UTC where none does, and said in another zone.

const MOMENT_WRITTEN = /^(?:(\d{4})-(\d{2})-(\d{2})(?:T|\s+|\s*,\s*))?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(\S.*)?$/;
const AS_MOMENT = "Write 14:05, 2025-11-17 14:05:30, or with a zone: 15:05 Europe/Berlin, 15:05+01:00.";

/** What a text says as { value: "2025-11-17T14:05:00Z", ms }, or { wrong: a sentence }; `first` (ms) is the day of a clock without one. */
function momentOf(text, first = null) {
  const match = MOMENT_WRITTEN.exec(text.trim());
  if (!match) return { wrong: `“${text.trim().slice(0, 40)}” is no time. ${AS_MOMENT}` };
  const [, year, month, date, hour, minute, second = "0", fraction = "", zone = ""] = match;
  if (!year && first === null) return { wrong: "Which day? Write it before the time, as in 2025-11-17 14:05." };
  const start = year ? Date.UTC(year, month - 1, date) : Math.floor(first / DAY) * DAY, there = new Date(start);
  const exists = !year || (there.getUTCMonth() === month - 1 && there.getUTCDate() === Number(date));
  if (!exists || hour > 23 || minute > 59 || second > 59) return { wrong: "There is no such day or hour." };
  const wall = start + hour * HOUR + minute * MINUTE + second * SECOND, found = utcOfWall(wall, zone.trim());
  if (found.wrong) return found;
  const ms = found.ms, digits = fraction.replace(/0+$/, "");
  return { ms: ms + Number(`0.${digits || 0}`) * SECOND, value: `${new Date(ms).toISOString().slice(0, 19)}${digits ? `.${digits}` : ""}Z` };
}

/** The UTC ms of a wall clock in a zone: { ms }, or { wrong } where there is none or more than one. */
function utcOfWall(wall, zone) {
  if (!zone || /^(?:z|utc|gmt)$/i.test(zone)) return { ms: wall };
  const ahead = /^(?:UTC|GMT)?([+-])(\d{2}):?(\d{2})?$/i.exec(zone);
  if (ahead) {
    const minutes = Number(ahead[2]) * 60 + Number(ahead[3] ?? 0);
    if (minutes > 14 * 60 || Number(ahead[3] ?? 0) > 59) return { wrong: `No zone is ${zone} from UTC.` };
    return { ms: wall - (ahead[1] === "-" ? -1 : 1) * minutes * MINUTE };
  }
  const name = zone.replaceAll(" ", "_");
  if (!name.includes("/") || !known(name)) return { wrong: `“${zone.slice(0, 40)}” is no zone: write a name such as Europe/Berlin, or an offset such as +01:00.` };
  const offsets = new Set([wall - DAY, wall + DAY].map((ms) => offset(ms, name)));
  const all = [...offsets].map((ahead) => wall - ahead).filter((ms) => offset(ms, name) === wall - ms);
  if (!all.length) return { wrong: `The clocks of ${zone} skipped this hour.` };
  if (all.length > 1) return { wrong: `The clocks of ${zone} showed this hour twice: write the offset, ${all.map((ms) => aheadText(wall - ms)).join(" or ")}.` };
  return { ms: all[0] };
}

function aheadText(ms) {
  const minutes = Math.abs(ms) / MINUTE;
  return `${ms < 0 ? "-" : "+"}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

/** 2025-11-17 14:05:00, in UTC or a zone. */
function momentText(ms, zone = "", seconds = true) {
  const [year, month, date] = fields(ms, zone);
  return `${year}-${pad(month)}-${pad(date)} ${clock(ms, seconds ? SECOND : MINUTE, zone)}`;
}

/** A stretch of time in its two largest units. */
function lastingText(ms) {
  const seconds = Math.floor(Math.abs(ms) / SECOND), minutes = Math.floor(seconds / 60), hours = Math.floor(minutes / 60);
  if (hours >= 72) return `${Math.floor(hours / 24)} d ${hours % 24} h`;
  if (hours) return `${hours} h ${minutes % 60} min`;
  return minutes ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}
