/** What one device takes for a PIN. A PIN is text: leading zeros count. */
export interface PinRules {
  /** How many digits it takes, the preferred number first. */
  readonly lengths: readonly number[]
  /** The digits it takes, `0123456789`. Order and repeats mean nothing. */
  readonly digits: string
  /** It takes no PIN that begins with one of these, `12`. */
  readonly forbiddenPrefixes?: readonly string[]
  /** It takes no PIN that one of these regular expressions matches in whole or in part, `(\\d)\\1\\1`. */
  readonly forbiddenPatterns?: readonly string[]
}

export interface PinNeed {
  /** One for every device on the path; the first one's preferred length wins among those that all take. */
  readonly rules: readonly PinRules[]
  /** Whether some device of the path holds this PIN, or held it too short a time ago. */
  readonly taken: (pin: string) => boolean
  /** A uniform whole number in `[0, below)` from a cryptographic source: the only randomness there is here. */
  readonly draw: (below: number) => number
}

export type PinChoice =
  | { readonly status: 'chosen'; readonly pin: string }
  | {
      readonly status: 'impossible'
      readonly reason: 'no-common-length' | 'no-common-digits' | 'all-taken'
      /** For a person: what is in the way, and what to do. Names no PIN. */
      readonly text: string
    }

/** With one PIN in ten still free, that many draws miss them all once in 10^22 times. */
const tries = 500

/**
 * One PIN that every device of the path takes, that none of them holds, and that nobody guesses first. Every PIN that
 * fits is equally likely. A PIN is never derived from anything but `draw`.
 */
export function choosePin({ rules, taken, draw }: PinNeed): PinChoice {
  const lengths = commonLengths(rules)
  if (lengths.length === 0) return noCommonLength(rules)
  const digits = commonDigits(rules)
  const prefixes = rules.flatMap((rule) => rule.forbiddenPrefixes ?? [])
  const isSafe = safeUnder(rules)

  let anySafe = false
  for (const length of lengths) {
    for (let attempt = 0; attempt < tries && digits.length > 0; attempt += 1) {
      const pin = Array.from({ length }, () => digits[draw(digits.length)]).join('')
      if (!startsWithAny(pin, prefixes) && isSafe(pin) && !taken(pin)) return { status: 'chosen', pin }
    }
    // Few or none are left: count them, so that the draw among them stays uniform and "none" is certain.
    let free = 0
    for (const pin of everyPin(digits, length, prefixes)) {
      if (!isSafe(pin)) continue
      anySafe = true
      if (!taken(pin)) free += 1
    }
    if (free === 0) continue
    let skip = draw(free)
    for (const pin of everyPin(digits, length, prefixes)) {
      if (!isSafe(pin) || taken(pin)) continue
      if (skip === 0) return { status: 'chosen', pin }
      skip -= 1
    }
  }
  return anySafe ? allTaken(lengths) : noCommonDigits(digits)
}

/** Whether some PIN is left that every device takes, that none of them holds and that nobody guesses first. */
export function hasFreePin(rules: readonly PinRules[], taken: (pin: string) => boolean): boolean {
  return safePins(rules).some((pin) => !taken(pin))
}

/** How many PINs a device takes that nobody guesses first, and how many of those are taken. Counts one by one. */
export function countPins(
  rules: PinRules,
  taken: (pin: string) => boolean,
): { readonly all: number; readonly taken: number } {
  let [all, held] = [0, 0]
  for (const pin of safePins([rules])) {
    all += 1
    if (taken(pin)) held += 1
  }
  return { all, taken: held }
}

/** How many PINs a device with these rules takes, patterns and weakness aside. */
export function pinSpace({ lengths, digits, forbiddenPrefixes = [] }: PinRules): number {
  const base = new Set(digits).size
  // A prefix within a prefix forbids nothing more.
  const outer = new Set(
    forbiddenPrefixes.filter((one) => !forbiddenPrefixes.some((p) => p !== one && one.startsWith(p))),
  )
  const usable = [...outer].filter((prefix) => Array.from(prefix).every((digit) => digits.includes(digit)))
  const ofLength = (length: number) =>
    usable.reduce((sum, { length: head }) => (head > length ? sum : sum - base ** (length - head)), base ** length)
  return [...new Set(lengths)].reduce((sum, length) => sum + ofLength(length), 0)
}

/** Every PIN that all devices take and that nobody guesses first. */
function* safePins(rules: readonly PinRules[]): Generator<string> {
  const prefixes = rules.flatMap((rule) => rule.forbiddenPrefixes ?? [])
  const [digits, isSafe] = [commonDigits(rules), safeUnder(rules)]
  for (const length of commonLengths(rules))
    for (const pin of everyPin(digits, length, prefixes)) if (isSafe(pin)) yield pin
}

function safeUnder(rules: readonly PinRules[]): (pin: string) => boolean {
  const patterns = patternsOf(rules.flatMap((rule) => rule.forbiddenPatterns ?? []))
  return (pin) => !isWeak(pin) && !patterns.some((pattern) => pattern.test(pin))
}

const patternsOf = (sources: readonly string[]) => sources.map((source) => new RegExp(source))

/**
 * Whether a PIN is among those that people try first, or that are seen over a shoulder. Of the 10,000 PINs of four digits
 * these are 5 %, which costs nobody a guess worth having:
 * - one digit, or from six digits on two, all through: `0000`, `121121`;
 * - a run up or down, over the end as well: `1234`, `9012`, `4321`;
 * - a shorter piece said again: `1212`, `123123`;
 * - doubled digits: `1122`, `112233`;
 * - the same from both ends: `1221`;
 * - a year that could be someone's: `1900` to `2099`;
 * - straight down or up a keypad's middle column: `2580`, `0852`.
 *
 * Days such as `1407` are not among them: day and month in both orders would be another 7 % of the space.
 */
export function isWeak(pin: string): boolean {
  return (
    upwards.includes(pin) ||
    downwards.includes(pin) ||
    isRepetition(pin) ||
    isMirrored(pin) ||
    /^(?:(.)\1)+$/.test(pin) ||
    /^(?:19|20)\d\d$/.test(pin) ||
    (pin.length >= 6 && /^(.)\1*(?:(.)(?:\1|\2)*)?$/.test(pin)) ||
    pin === '2580' ||
    pin === '0852'
  )
}

const upwards = '0123456789'.repeat(3) // long enough for any run of a PIN over the end of the keypad
const downwards = '9876543210'.repeat(3)

function isRepetition(pin: string): boolean {
  // A text that is a piece said again is found in itself doubled, before its own end.
  return `${pin}${pin}`.indexOf(pin, 1) < pin.length
}

function isMirrored(pin: string): boolean {
  for (let index = 0; index < pin.length / 2; index += 1) if (pin[index] !== pin.at(-1 - index)) return false
  return true
}

function commonLengths(rules: readonly PinRules[]): readonly number[] {
  const [first, ...others] = rules
  return [...new Set(first?.lengths)].filter(
    (length) => length > 0 && others.every((rule) => rule.lengths.includes(length)),
  )
}

function commonDigits(rules: readonly PinRules[]): readonly string[] {
  const [first, ...others] = rules
  return [...new Set(first?.digits)].filter((digit) => others.every((rule) => rule.digits.includes(digit)))
}

/** Every PIN of a length that begins with none of `prefixes`, one after the other. */
function* everyPin(digits: readonly string[], length: number, prefixes: readonly string[]): Generator<string> {
  if (length === 0) {
    yield ''
    return
  }
  for (const head of everyPin(digits, length - 1, prefixes)) {
    for (const digit of digits) if (!startsWithAny(head + digit, prefixes)) yield head + digit
  }
}

function startsWithAny(text: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => text.startsWith(prefix))
}

function noCommonLength(rules: readonly PinRules[]): PinChoice {
  const each = [...new Set(rules.map(({ lengths }) => lengths.join(' or ') || 'no'))].join(', another ')
  const text =
    rules.length === 0
      ? 'No device on this path takes a PIN. Add a door with a device to the path.'
      : `No PIN fits every door of this path: one device takes ${each} digits. Set the devices to one length, or give the odd one a path of its own.`
  return { status: 'impossible', reason: 'no-common-length', text }
}

function noCommonDigits(digits: readonly string[]): PinChoice {
  const text = `No PIN fits every door of this path. Digits that all its devices take: ${digits.join(' ') || 'none'}; what they forbid, and what is too easy to guess, leaves nothing. Give the device with the narrowest rules a path of its own.`
  return { status: 'impossible', reason: 'no-common-digits', text }
}

function allTaken(lengths: readonly number[]): PinChoice {
  const text = `Every safe PIN of ${lengths.join(' or ')} digits is in use on this path, or was until lately. Remove old codes from its devices, or set them to longer PINs.`
  return { status: 'impossible', reason: 'all-taken', text }
}

/** Whether a device with these rules takes this PIN. */
export function obeys(
  pin: string,
  { lengths, digits, forbiddenPrefixes = [], forbiddenPatterns = [] }: PinRules,
): boolean {
  const fits = lengths.includes(pin.length) && Array.from(pin).every((digit) => digits.includes(digit))
  return fits && !startsWithAny(pin, forbiddenPrefixes) && !patternsOf(forbiddenPatterns).some((one) => one.test(pin))
}
