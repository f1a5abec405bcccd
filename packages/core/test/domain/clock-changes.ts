/**
 * Clock changes and the instants that show a reading, worked out apart from `civil-time.ts`: the runtime's list of
 * changes says where to look, and the runtime's date formatting says what a clock shows.
 */
interface Civil {
  readonly date: string
  readonly time: string
}

/** Where guests sleep, and where clocks have been odd since 2000. */
export const zones: readonly string[] = `
  Europe/Berlin Europe/Paris Europe/London Europe/Dublin Europe/Lisbon Atlantic/Azores Europe/Warsaw
  Europe/Moscow Europe/Istanbul Europe/Chisinau Asia/Tbilisi Asia/Amman Asia/Beirut Asia/Gaza Asia/Tehran
  Asia/Jerusalem Asia/Kathmandu Asia/Kolkata Asia/Pyongyang Asia/Tokyo Asia/Dubai Africa/Casablanca
  Africa/El_Aaiun Africa/Cairo Africa/Juba Africa/Windhoek Antarctica/Troll Antarctica/Casey Australia/Sydney
  Australia/Lord_Howe Australia/Eucla Pacific/Chatham Pacific/Apia Pacific/Fakaofo Pacific/Fiji
  Pacific/Norfolk Pacific/Honolulu America/New_York America/St_Johns America/Havana America/Caracas
  America/Sao_Paulo America/Santiago America/Scoresbysund America/Nuuk
`
  .trim()
  .split(/\s+/)

/** Every zone that the runtime knows, and those above, whatever it calls them. */
const everyZone: readonly string[] = [...new Set([...zones, ...Intl.supportedValuesOf('timeZone')])]

const minute = 60_000
const hour = 60 * minute

interface Change {
  readonly zone: string
  readonly at: number
  readonly before: number
  readonly after: number
}

const formats = new Map<string, Intl.DateTimeFormat>()
const byZone = new Map(everyZone.map((zone) => [zone, changesOf(zone)]))

function changesOf(zone: string): readonly Change[] {
  const list: Change[] = []
  let moment = Temporal.Instant.from('2000-01-01T00:00Z').toZonedDateTimeISO(zone)
  for (;;) {
    const next = moment.getTimeZoneTransition('next')
    if (!next || next.year > 2040) return list
    const at = next.epochMilliseconds
    list.push({ zone, at, before: shownOffset(at - 1, zone), after: shownOffset(at, zone) })
    moment = next
  }
}

/** What the clock is ahead of UTC at a moment: as after the last change, which is all that moves it. */
function offsetAt(at: number, zone: string): number {
  const list = byZone.get(zone) ?? []
  const last = list.findLast((change) => change.at <= at)
  return last?.after ?? list[0]?.before ?? shownOffset(at, zone)
}

/** The same, read off a formatted date. */
function shownOffset(at: number, zone: string): number {
  const format = formats.get(zone) ?? new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  formats.set(zone, format)
  const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const [, sign, hours, minutes = '0'] = /^GMT(?:([+-])(\d{2}):?(\d{2})?)?$/.exec(name) ?? []
  if (sign === undefined || hours === undefined) return 0
  return (sign === '-' ? -1 : 1) * (Number(hours) * hour + Number(minutes) * minute)
}

/** Every instant, 2000–2040, at which a clock in `zone` shows `civil`: none in a gap, two in a fold. */
export function instantsShowing(civil: Civil, zone: string): readonly number[] {
  const reading = Date.parse(`${civil.date}T${civil.time}Z`)
  const near = (byZone.get(zone) ?? []).filter(({ at }) => Math.abs(at - reading) < 48 * hour)
  const offsets = near.length === 0 ? [offsetAt(reading, zone)] : near.flatMap(({ before, after }) => [before, after])
  return [...new Set(offsets)].map((offset) => reading - offset).filter((at) => offsetAt(at, zone) === reading - at)
}

/** Readings around and inside every change of these zones; of every zone there is when none are named. */
export function* everyChange(
  of: readonly string[] = everyZone,
): Generator<{ readonly zone: string; readonly civil: Civil }> {
  for (const { zone, at, before, after } of of.flatMap((zone) => byZone.get(zone) ?? [])) {
    const [low, high] = [at + Math.min(before, after), at + Math.max(before, after)]
    for (const reading of [low - minute, low, (low + high) / 2, high - minute, high]) {
      const text = new Date(reading).toISOString()
      yield { zone, civil: { date: text.slice(0, 10), time: text.slice(11, 16) } }
    }
  }
}
