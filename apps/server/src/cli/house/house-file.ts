import * as z from 'zod'

/**
 * A tenant's house as one JSON file, and as the flags of single commands: everything goes by its short name, devices and
 * flats are written "<connection>:<the vendor's id>".
 */

const time = (description: string) => z.string().meta({ description, examples: ['15:00'] })
const duration = (description: string) =>
  z
    .string()
    .nullable()
    .exactOptional()
    .meta({ description: `${description} "72h", "30m"; null: the default.` })

const property = z.strictObject({
  name: z.string().min(1),
  zone: z.string().meta({ description: 'IANA name of the time zone.', examples: ['Europe/Paris'] }),
  checkIn: time('From when a guest may come in.'),
  checkOut: time('Until when a guest has left.'),
  earliestCheckIn: time('An earlier check-in agreed for one stay counts from here on.').exactOptional(),
  latestCheckOut: time('A later check-out agreed for one stay counts until here.').exactOptional(),
})

const door = z.strictObject({
  name: z.string().min(1).meta({ description: 'As guests read it: "Street door".' }),
  say: z
    .record(z.string(), z.string())
    .exactOptional()
    .meta({ description: 'What guests are told to do, by language: { "en": "type the code, then push" }.' }),
  device: z
    .string()
    .exactOptional()
    .meta({ description: 'The lock or intercom: "locks:7001/Kp7xQ2Za". See: stayward connection devices.' }),
  prefix: z.string().exactOptional().meta({ description: 'Typed before the PIN, where the keypad asks for it.' }),
  tellAt: z.enum(['confirmed', 'accepted']).exactOptional().meta({
    description: 'accepted: guests are told although this device can never prove a code. confirmed when left out.',
  }),
  ifChanged: z.enum(['restore', 'accept', 'ask']).exactOptional().meta({
    description:
      'What is done when somebody changes or deletes a code of the hub in the vendor’s app. restore (when left out): put right. accept: it stays so. ask: nothing is written until you decide.',
  }),
  fixedCode: z.string().exactOptional().meta({ description: 'A code that is the same for everybody.' }),
})

const unit = z.strictObject({
  name: z.string().min(1).meta({ description: 'As guests read it: "Loft Nord".' }),
  property: z.string().meta({ description: 'Short name of its property.' }),
  path: z.array(z.string()).meta({ description: 'Short names of the doors from the street to the flat, in order.' }),
  sources: z
    .array(z.string())
    .default([])
    .meta({ description: 'Its ids in booking systems: "smoobu:700101". See: stayward connection units.' }),
})

const settings = z.strictObject({
  language: z
    .string()
    .nullable()
    .exactOptional()
    .meta({ description: 'What guests without a known language are written in: "fr".' }),
  phoneCountry: z
    .string()
    .nullable()
    .exactOptional()
    .meta({ description: 'Country of guests\' numbers without a country code: "FR". Without it those are not used.' }),
  channels: z
    .array(z.string())
    .nullable()
    .exactOptional()
    .meta({ description: '"inbox" (the booking system\'s own), or the name of a connection that sends messages.' }),
  mode: z
    .enum(['each', 'fallback'])
    .nullable()
    .exactOptional()
    .meta({ description: 'each: over every channel. fallback: over the first that works.' }),
  namesOnDevices: z
    .boolean()
    .nullable()
    .exactOptional()
    .meta({ description: "Whether a guest's first name may stand beside the code at the lock's vendor." }),
  retentionDays: z.int().min(1).exactOptional().meta({ description: 'Webhooks are erased after so many days.' }),
  pushAhead: duration('How long before check-in a code goes to its door.'),
  graceIn: duration('How much earlier than check-in a code works.'),
  graceOut: duration('How much longer than check-out a code works.'),
  warnBefore: duration('A code that is not proven so long before check-in is a warning.'),
  pageBefore: duration('… and so long before check-in calls the alarm address.'),
  tellUnprovenBefore: duration('So near to check-in guests are told what is known.'),
  poll: duration('How often booking systems are asked what changed, besides their webhooks.'),
  sweepNear: duration('How often doors with an arrival or departure within a day are read.'),
  probe: duration('How often the credentials of a connection are tested.'),
  alarm: z
    .string()
    .nullable()
    .exactOptional()
    .meta({ description: 'Where you are called: "sms:+33612345678", a connection and an address. null: nobody.' }),
  templates: z
    .record(z.string(), z.record(z.string(), z.string()))
    .exactOptional()
    .meta({ description: 'Your own words by language and template name; they replace all former ones.' }),
})

export const houseFile = z
  .strictObject({
    $schema: z.string().exactOptional(),
    settings: settings.exactOptional(),
    properties: z.record(z.string(), property).default({}),
    doors: z.record(z.string(), door).default({}),
    units: z.record(z.string(), unit).default({}),
  })
  .meta({ title: 'A house of Stayward', description: 'What is not in the file stays as it is; nothing is removed.' })

export type HouseFile = z.output<typeof houseFile>
export type DescribedProperty = z.output<typeof property>
export type DescribedDoor = z.output<typeof door>
export type DescribedUnit = z.output<typeof unit>
export type DescribedSettings = z.output<typeof settings>

export const durations = [
  'pushAhead',
  'graceIn',
  'graceOut',
  'warnBefore',
  'pageBefore',
  'tellUnprovenBefore',
  'poll',
  'sweepNear',
  'probe',
] as const satisfies readonly (keyof DescribedSettings)[]

/** Milliseconds: more often is more than vendors allow, and more rarely finds too late what no webhook announced. */
export const boundsOf: { readonly [Name in (typeof durations)[number]]?: readonly [number, number] } = {
  poll: [5 * 60_000, 6 * 3_600_000],
  sweepNear: [10 * 60_000, 4 * 3_600_000],
  probe: [10 * 60_000, 24 * 3_600_000],
}

/** A mini file with nothing in it, for single commands. */
export const emptyHouse: HouseFile = { properties: {}, doors: {}, units: {} }

const unitsOfTime = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** Milliseconds of `72h`, `30m`, `90s`, `2d`. */
export function durationOf(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,4})([smhd])$/.exec(text) ?? []
  // The expression lets through no other unit.
  return count === undefined ? undefined : Number(count) * unitsOfTime[unit as keyof typeof unitsOfTime]
}

export function durationText(milliseconds: number): string {
  const [unit, length] =
    Object.entries(unitsOfTime)
      .toReversed()
      .find(([unit, length]) => unit !== 'd' && milliseconds % length === 0) ?? (['s', 1000] as const)
  return `${milliseconds / length}${unit}`
}

/** `locks:7001/Kp7xQ2Za`: the connection's name, and the vendor's id whatever is in it. */
export function placeOf(text: string): { readonly connection: string; readonly id: string } | undefined {
  const at = text.indexOf(':')
  return at < 1 || at === text.length - 1 ? undefined : { connection: text.slice(0, at), id: text.slice(at + 1) }
}
