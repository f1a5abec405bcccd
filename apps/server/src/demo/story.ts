import type { DemoVendors } from './vendors.ts'
import { dayFromNow, demoKeypads, demoUnits } from './fresh-world.ts'
import { type HubClient, type SeenBooking, until } from './hub-client.ts'
import type { WorldFile } from './world-file.ts'

/** One thing that happened, for a reader and for machines. PINs are never in it. */
export interface Effect {
  readonly step: string
  readonly effect: string
  readonly text: string
}

export interface StoryParts {
  readonly file: WorldFile
  readonly vendors: DemoVendors
  readonly hub: HubClient
  readonly now: () => number
  readonly tell: (effect: Effect) => void
  /** Milliseconds that one effect may take. */
  readonly patience?: number
}

const phone = '+33639980001'
const guest = {
  name: 'Ada Beispiel',
  firstName: 'Ada',
  lastName: 'Beispiel',
  phone: '+33 6 39 98 00 01',
  language: 'de',
}

/**
 * Booked, extended, moved, cancelled. Every line is told only after it was seen: in the locks themselves, on the guest's
 * phone and in Smoobu's inbox, and as evidence in the hub. Goes on where an earlier start left off.
 */
export async function playStory(parts: StoryParts): Promise<void> {
  await soon(parts, 'the hub has read Smoobu for the first time', () => parts.hub.hasRead('smoobu'))
  await once(parts, 'booked', async () => {
    act(parts, 'book', () => {
      parts.file.world.story.booking = parts.vendors.smoobu.book({
        arrival: dayFromNow(parts.now(), 1),
        departure: dayFromNow(parts.now(), 4),
        unitRef: demoUnits.loft,
        guest,
        channel: 'Airbnb',
      })
    })
    parts.tell({
      step: 'booked',
      effect: 'webhook',
      text: `Smoobu announces booking ${ref(parts)}: Ada, Loft Nord, from tomorrow on.`,
    })
    await proven(parts, 'booked', ['street', 'loft'])
    const pin = pinOn(parts, 'loft')
    if (pin === undefined || pinOn(parts, 'street') !== pin)
      throw new Error('the street door and the flat have different PINs')
    parts.file.world.story.pin = pin
    await told(parts, 'booked', 'door-code', 1)
  })

  await once(parts, 'extended', async () => {
    act(parts, 'extend', () => parts.vendors.smoobu.changeDates(ref(parts), { departure: dayFromNow(parts.now(), 6) }))
    parts.tell({ step: 'extended', effect: 'webhook', text: 'Ada stays two nights longer.' })
    const lastDay = dayFromNow(parts.now(), 6)
    await soon(
      parts,
      'the locks hold the longer stay',
      async () => endsOn(parts, 'loft', lastDay) && endsOn(parts, 'street', lastDay),
    )
    await proven(parts, 'extended', ['street', 'loft'])
    samePin(parts, ['street', 'loft'])
    await told(parts, 'extended', 'change', 2)
  })

  await once(parts, 'moved', async () => {
    act(parts, 'move', () => parts.vendors.smoobu.move(ref(parts), demoUnits.studio))
    parts.tell({ step: 'moved', effect: 'webhook', text: 'Ada moves to Studio Süd.' })
    await proven(parts, 'moved', ['street', 'studio'])
    samePin(parts, ['street', 'studio'])
    await told(parts, 'moved', 'change', 3)
    const seen = await gone(parts, ['loft'])
    madeBeforeBroken(seen)
    parts.tell({
      step: 'moved',
      effect: 'code-gone',
      text: 'The old code is off Loft Nord, read back, and not before the new one was proven and told.',
    })
  })

  await once(parts, 'cancelled', async () => {
    act(parts, 'cancel', () => parts.vendors.smoobu.cancel(ref(parts)))
    parts.tell({ step: 'cancelled', effect: 'webhook', text: 'Ada cancels.' })
    await gone(parts, ['street', 'loft', 'studio'])
    parts.tell({ step: 'cancelled', effect: 'code-gone', text: 'No lock knows her code any more, read back.' })
    await told(parts, 'cancelled', 'withdrawal', 4)
  })
}

function soon<Answer>({ patience }: StoryParts, what: string, ask: () => Promise<Answer | undefined>): Promise<Answer> {
  return until(what, ask, patience)
}

type Keypad = keyof typeof demoKeypads

const doors: Readonly<Record<Keypad, string>> = { street: 'Street door', loft: 'Loft Nord', studio: 'Studio Süd' }

async function once({ file }: StoryParts, step: string, play: () => Promise<void>): Promise<void> {
  if (file.world.story.done.includes(step)) return
  await play()
  file.world.story.done.push(step)
  file.save()
}

/** Does a thing at the vendor exactly once, however often the hub dies meanwhile: deed and note are saved together. */
function act({ file }: StoryParts, deed: string, play: () => void): void {
  if (file.world.story.done.includes(deed)) return
  play()
  file.world.story.done.push(deed)
  file.save()
}

function ref({ file }: StoryParts): string {
  const { booking } = file.world.story
  if (booking === undefined) throw new Error('the story has no booking yet')
  return booking
}

/** The locks hold the code, and the hub says so: both, or it is not told. */
async function proven(parts: StoryParts, step: string, keypads: readonly Keypad[]): Promise<void> {
  const seen = await soon(
    parts,
    `${keypads.map((name) => doors[name]).join(' and ')} hold the code and the hub has proof`,
    async () => {
      const booking = await parts.hub.booking(ref(parts))
      const confirmed = booking?.codes
        .filter((code) => code.want === 'present' && code.evidence === 'confirmed')
        .flatMap((code) => code.doors)
      return keypads.every((name) => pinOn(parts, name) !== undefined && confirmed?.includes(doors[name]))
        ? booking
        : undefined
    },
  )
  const same = parts.file.world.story.pin === undefined ? 'One PIN' : 'The same PIN'
  parts.tell({
    step,
    effect: 'code-confirmed',
    text: `${same} is on ${keypads.map((name) => doors[name]).join(' and ')}, read back (${seen.unit?.name ?? '?'}).`,
  })
}

/** The message arrived on the phone and in the inbox, as many as there should be and not one more. */
async function told(parts: StoryParts, step: string, kind: string, count: number): Promise<void> {
  const { smsFactor, smoobu } = parts.vendors
  await soon(parts, `the guest was told (${kind})`, async () => {
    const booking = await parts.hub.booking(ref(parts))
    const accepted = booking?.messages.filter((message) => message.kind === kind && message.state === 'accepted') ?? []
    const arrived = smsFactor.received(phone).length >= count && smoobu.inbox(ref(parts)).length >= count
    return arrived && new Set(accepted.map(({ channel }) => channel)).size === 2 ? true : undefined
  })
  for (const [effect, where, texts] of [
    ['sms', 'SMS to Ada', smsFactor.received(phone)],
    ['inbox', "Smoobu's inbox", smoobu.inbox(ref(parts))],
  ] as const) {
    if (texts.length !== count) throw new Error(`${where}: ${texts.length} messages instead of ${count}`)
    parts.tell({ step, effect, text: `${where}: ${masked(parts, texts.at(-1) ?? '')}` })
  }
}

/** No lock opens with the PIN any more, and the hub has proof of that. */
async function gone(parts: StoryParts, keypads: readonly Keypad[]): Promise<SeenBooking> {
  return await soon(parts, `the code is off ${keypads.map((name) => doors[name]).join(', ')}`, async () => {
    if (keypads.some((name) => pinOn(parts, name) !== undefined)) return undefined
    const booking = await parts.hub.booking(ref(parts))
    const ending =
      booking?.codes.filter(
        (code) => code.want === 'absent' && keypads.some((name) => code.doors.includes(doors[name])),
      ) ?? []
    return ending.every((code) => code.evidence === 'confirmed') ? booking : undefined
  })
}

/** What the lock itself holds for our guest: nobody else has codes on the demo's locks, but for what was there before. */
function pinOn({ vendors, file }: StoryParts, name: Keypad): string | undefined {
  const known = new Set(['8642', '1397'])
  const codes = vendors.theKeys.codesOn(demoKeypads[name]).filter(({ pin }) => /^\d{4}$/.test(pin) && !known.has(pin))
  const { pin } = file.world.story
  return (pin === undefined ? codes[0] : codes.find((code) => code.pin === pin))?.pin
}

function endsOn({ vendors, file }: StoryParts, name: Keypad, day: string): true | undefined {
  const code = vendors.theKeys.codesOn(demoKeypads[name]).find(({ pin }) => pin === file.world.story.pin)
  return code?.until?.startsWith(day) ? true : undefined
}

function samePin(parts: StoryParts, keypads: readonly Keypad[]): void {
  for (const name of keypads)
    if (pinOn(parts, name) !== parts.file.world.story.pin) throw new Error(`${doors[name]} has another PIN than before`)
}

function madeBeforeBroken({ timeline }: SeenBooking): void {
  const at = (kind: string, words: string) =>
    timeline.findIndex((line) => line.kind === kind && line.text.includes(words))
  const made = at('code-confirmed', doors.studio)
  const broken = at('code-gone', doors.loft)
  const lines = () => timeline.map(({ kind, text }) => `${kind}: ${text}`).join(' | ')
  if (made < 0) throw new Error(`nothing says that ${doors.studio} was proven: ${lines()}`)
  if (broken < made) throw new Error(`the old door was closed before the new one was proven: ${lines()}`)
}

/** A PIN belongs on the guest's phone and nowhere else, not even in a demo's output. */
function masked({ file }: StoryParts, text: string): string {
  const plain = text.replaceAll(/\s*\n\s*/g, ' / ')
  return file.world.story.pin === undefined ? plain : plain.replaceAll(file.world.story.pin, '••••')
}
