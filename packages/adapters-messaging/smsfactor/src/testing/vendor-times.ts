// The fake's own reading of Paris time, so that a mistake in the adapter's is not repeated here.

/** `2026-07-01T16:03:06+02:00` */
export function parisIso(at: number): string {
  const offset = parisOffset(at)
  const wall = new Date(at + offset * 3_600_000).toISOString().slice(0, 19)
  return `${wall}+0${offset}:00`
}

/** `2026-07-01 16:03:06` */
export function parisStamp(at: number): string {
  return parisIso(at).slice(0, 19).replace('T', ' ')
}

/** Milliseconds of a `Y-m-d H:i:s` in Paris, or `undefined`. */
export function parisMilliseconds(stamp: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(stamp)) return undefined
  const utc = Date.parse(`${stamp.replace(' ', 'T')}Z`)
  return Number.isNaN(utc) ? undefined : utc - parisOffset(utc - 3_600_000) * 3_600_000
}

/** Hours ahead of UTC: two from the last Sunday of March to that of October, 01:00 UTC, else one. */
function parisOffset(at: number): 1 | 2 {
  const year = new Date(at).getUTCFullYear()
  return at >= lastSunday(year, 2) && at < lastSunday(year, 9) ? 2 : 1
}

function lastSunday(year: number, month: number): number {
  const last = new Date(Date.UTC(year, month + 1, 0, 1))
  return last.getTime() - last.getUTCDay() * 86_400_000
}
