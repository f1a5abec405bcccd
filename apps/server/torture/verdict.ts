import type { Kill } from './fleet.ts'
import type { Outage } from './outages.ts'
import type { Stay } from './people.ts'
import type { BusyKey, Records } from './records.ts'
import type { HeldCode, Letter, Observed } from './vendors.ts'
import type { Call } from './witness.ts'

export interface Verdict {
  /** What was acknowledged and did not come about, one sentence each, without PINs. */
  readonly lost: readonly string[]
  /** Codes and messages doubled although the outcome of the first was known. */
  readonly unaccountedDuplicates: readonly string[]
  readonly stuckKeys: readonly string[]
  /** Doubled, and explained by a vendor, a kill or an outage that left the outcome open. */
  readonly explainedDuplicates: number
  /** Messages whose fate stayed open and which the hub gave to a person, as its rule is. */
  readonly handedOver: number
}

export interface Evidence {
  readonly observed: Observed
  readonly records: Records
  readonly kills: readonly Kill[]
  readonly outages: readonly Outage[]
}

/** Compares the vendors' truth with what was acknowledged. */
export function judge(evidence: Evidence): Verdict {
  const { observed, records } = evidence
  const codes = judgeCodes(observed)
  const told = observed.stays.flatMap((stay) => judgeTold(stay, evidence))
  const doubles = doubled(evidence)
  const missing = observed.acknowledged.filter((hash) => !records.stored.has(hash))
  return {
    lost: [
      ...missing.map(() => 'A webhook was acknowledged and is not stored.'),
      ...codes.lost,
      ...told.flatMap(({ lost }) => (lost === undefined ? [] : [lost])),
    ],
    unaccountedDuplicates: [...codes.doubled, ...doubles.unaccounted],
    stuckKeys: records.busy
      .filter(isStuck)
      .map(({ kind, key, attempt, error }) => `${kind}:${key}, failed ${attempt} times, ${error ?? 'no error'}`),
    explainedDuplicates: doubles.explained,
    handedOver: told.filter(({ handedOver }) => handedOver).length,
  }
}

/** Seconds after which a key that is due, or whose process is dead, should long have been taken. */
const movesWithin = 20

const isStuck = ({ late, attempt }: BusyKey): boolean => late > movesWithin || attempt > 0

/** The way in as the guest has read it last on one channel. */
interface ToldWay {
  readonly unit: string
  readonly pin: string
  /** `25 Nov`. */
  readonly until: string
}

const way = /into (Flat \d+), Quai House.*?until \w+,? (\d+ \w+).*?\d\. Flat \d+: (\d+)/s
const withdrawn = /is cancelled/

function toldWay({ text }: Letter): ToldWay | undefined {
  const [, unit, until, pin] = way.exec(text) ?? []
  return unit === undefined || until === undefined || pin === undefined ? undefined : { unit, until, pin }
}

function newest(
  { texts, letters }: Observed,
  { phone, ref }: Stay,
): Readonly<Record<'sms' | 'letter', Letter | undefined>> {
  return { sms: texts[phone]?.at(-1), letter: letters[ref]?.at(-1) }
}

/** The departure as it stands in a message. */
function lastDay({ departure }: Stay): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short' }).format(
    Date.parse(departure),
  )
}

interface Told {
  readonly lost?: string
  readonly handedOver?: boolean
}

function judgeTold(stay: Stay, { observed, records }: Evidence): readonly Told[] {
  const now = newest(observed, stay)
  return (['sms', 'letter'] as const).map((channel): Told => {
    const letter = now[channel]
    if (stay.cancelled ? letter === undefined || withdrawn.test(letter.text) : isCurrent(stay, letter)) return {}
    if (records.handedOver.has(`${stay.ref} ${channel}`)) return { handedOver: true }
    return {
      lost: `Booking ${stay.ref}, ${stay.cancelled ? 'cancelled' : stay.flat.name}: the newest ${channel} does not say so.`,
    }
  })
}

function isCurrent(stay: Stay, letter: Letter | undefined): boolean {
  const told = letter && toldWay(letter)
  return told?.unit === stay.flat.name && told.until === lastDay(stay)
}

/** Every confirmed stay has its one code on each keypad of its path, and no keypad has one more. */
function judgeCodes(observed: Observed): { readonly lost: string[]; readonly doubled: string[] } {
  const rest = new Set(observed.held)
  const lost: string[] = []
  const doubled: string[] = []
  for (const stay of observed.stays.filter(({ cancelled }) => !cancelled)) {
    const { sms, letter } = newest(observed, stay)
    const told = [sms, letter].flatMap((one) => (one && isCurrent(stay, one) ? [toldWay(one)?.pin] : []))
    for (const keypad of pathOf(observed, stay)) {
      // Nobody was told: then any code that ends with the stay will do, and that it was not told is counted elsewhere.
      const fits = [...rest].filter(
        (code) => code.keypad === keypad && endsWith(code, stay) && (told.length === 0 || told.includes(code.pin)),
      )
      const [first, ...more] = fits
      if (!first) lost.push(`Booking ${stay.ref}: no code that opens ${keypad} until its end.`)
      if (first) rest.delete(first)
      for (const code of more.filter(({ pin }) => pin === first?.pin)) {
        rest.delete(code)
        doubled.push(`Booking ${stay.ref} has its code on ${keypad} twice.`)
      }
    }
  }
  for (const { keypad } of rest) lost.push(`A code is left on ${keypad} that no stay needs.`)
  return { lost, doubled }
}

/** The hub gives a guest half an hour to leave. */
function endsWith({ until }: HeldCode, { departure }: Stay): boolean {
  return until?.startsWith(departure) ?? false
}

function pathOf({ street }: Observed, { flat }: Stay): readonly string[] {
  return flat.street ? [street, flat.keypad] : [flat.keypad]
}

/** Messages that say the same again, and codes that were made again. */
function doubled({ observed, kills, outages }: Evidence): {
  readonly unaccounted: string[]
  readonly explained: number
} {
  const unaccounted: string[] = []
  let explained = 0
  const callOf = (what: Call['what'], subject: string, at: number) =>
    observed.calls.find(
      (call) => call.what === what && call.subject === subject && call.at <= at && at <= (call.doneAt ?? call.at) + 5,
    )
  const count = (first: Call | undefined, text: string) => {
    if (first && isAmbiguous(first, kills, outages)) explained++
    else unaccounted.push(text)
  }
  for (const stay of observed.stays)
    for (const [what, subject, all] of [
      ['sms', stay.phone, observed.texts[stay.phone] ?? []],
      ['letter', stay.ref, observed.letters[stay.ref] ?? []],
    ] as const)
      for (const same of Map.groupBy(all, factsOf).values()) {
        for (const { at } of same.slice(0, -1))
          count(callOf(what, subject, at), `Booking ${stay.ref} was told the same again by ${what}.`)
        if (same.length > 2) unaccounted.push(`Booking ${stay.ref} was told the same ${same.length} times by ${what}.`)
      }
  for (const [subject, made] of Map.groupBy(
    observed.calls.filter(({ what }) => what === 'code'),
    (call) => call.subject,
  ))
    for (const [index, call] of made.entries())
      if (call.again)
        count(
          made.slice(0, index).findLast(({ doneAt }) => doneAt !== undefined),
          `Code ${subject} was made again.`,
        )
  return { unaccounted, explained }
}

function factsOf(letter: Letter): string {
  if (withdrawn.test(letter.text)) return 'withdrawn'
  const told = toldWay(letter)
  return told ? `${told.unit} ${told.until} ${told.pin}` : letter.text
}

/** Milliseconds a hub may take to write down what a vendor said; what ends it before leaves the outcome open. */
const writesWithin = 2_000
/** The same while its database comes back. */
const recoversWithin = 8_000

/** Whether the hub process that made this call may not know, or may not have been able to write down, what became of it. */
function isAmbiguous(
  { slot, at, doneAt = at, fault }: Call,
  kills: readonly Kill[],
  outages: readonly Outage[],
): boolean {
  return (
    (fault !== undefined && fault !== '429 with Retry-After') ||
    kills.some((kill) => kill.slot === slot && kill.at >= at && kill.at <= doneAt + writesWithin) ||
    outages.some(
      (outage) => (outage.slot ?? slot) === slot && outage.to >= at - 1000 && outage.from <= doneAt + recoversWithin,
    )
  )
}
