import { dayFromNow, demoKeypads, demoUnits } from '../../src/demo/fresh-world.ts'
import { type SeenBooking, until } from '../../src/demo/hub-client.ts'
import type { openHouse } from '../../src/persistence/house.ts'
import type { RunningHub, Stage } from './stage.ts'

/** One of the demo's doors, or a keypad of a flat that a test has added, as The Keys names it. */
export type Keypad = keyof typeof demoKeypads | `${number}/${string}`

const allDoors = ['street', 'loft', 'studio'] as const
const idOf = (keypad: Keypad): string => new Map<string, string>(Object.entries(demoKeypads)).get(keypad) ?? keypad

/** Invented people; 06 39 98 is kept free for fiction, and numbers from 01 00 on have no fate at the fake. */
export function guestNo(number: number) {
  const two = String(number).padStart(2, '0')
  return {
    name: `Gast${two} Probe`,
    firstName: `Gast${two}`,
    lastName: 'Probe',
    phone: `+33 6 39 98 01 ${two}`,
    language: 'en',
  }
}

/** Twenty hours ahead in the house's zone: near enough for the hub to repeat an unseen send by itself. */
export function soon(): { arrival: string; checkIn: string } {
  const at = new Date(Date.now() + 20 * 3_600_000)
  const [arrival = '', checkIn = ''] = new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'Europe/Paris',
    dateStyle: 'short',
    timeStyle: 'short',
  })
    .format(at)
    .split(' ')
  return { arrival, checkIn }
}

/** Lets the demo's house in at that hour, whatever hour it is now: an agreed check-in is never before the house's own. */
export async function openSoon(house: Pick<ReturnType<typeof openHouse>, 'putProperty'>): Promise<void> {
  const { checkIn } = soon()
  await house.putProperty({ slug: 'quai-house', name: 'Quai House', zone: 'Europe/Paris', checkIn, checkOut: '11:00' })
}

export const phoneNo = (number: number) => guestNo(number).phone.replaceAll(' ', '')

export interface StayWish {
  readonly unit?: keyof typeof demoUnits
  /** Days from today. */
  readonly from?: number
  readonly to?: number
  readonly announce?: boolean
}

/** Books for an invented guest at the fake Smoobu; from tomorrow on, in the loft, unless wished otherwise. */
export function book({ vendors }: Stage, guest: number, wish: StayWish = {}): string {
  const { unit = 'loft', from = 1, to = 4, announce = true } = wish
  return vendors.smoobu.book({
    arrival: dayFromNow(Date.now(), from),
    departure: dayFromNow(Date.now(), to),
    unitRef: demoUnits[unit],
    guest: guestNo(guest),
    channel: 'Airbnb',
    announce,
  })
}

/** PINs on a keypad as the lock itself holds them, those of its own people left out. */
export function pinsOn({ vendors }: Stage, keypad: Keypad): readonly string[] {
  const before = new Set(['8642', '1397'])
  return vendors.theKeys.codesOn(idOf(keypad)).flatMap(({ pin }) => (before.has(pin) ? [] : [pin]))
}

export const texts = ({ vendors }: Stage, guest: number) => vendors.smsFactor.received(phoneNo(guest))
export const letters = ({ vendors }: Stage, ref: string) => vendors.smoobu.inbox(ref)

/** The PIN that the newest text on the guest's phone gives for the last door. */
export function toldPin(stage: Stage, guest: number): string | undefined {
  return Array.from((texts(stage, guest).at(-1) ?? '').matchAll(/: (\d{4})\b/g)).at(-1)?.[1]
}

export interface Expected {
  readonly guest: number
  readonly ref: string
  readonly keypads: readonly Keypad[]
  /** Messages so far, on each of the two channels. */
  readonly messages: number
  readonly patience?: number
}

/** Waits until the told PIN opens these doors, once each, the hub has proof of it, and both channels have spoken. */
export async function letIn(stage: Stage, { client }: RunningHub, expected: Expected): Promise<SeenBooking> {
  const { guest, ref, keypads, patience } = expected
  await until(
    `guest ${guest} is let in (${keypads.join(', ')}) and told ${expected.messages} times`,
    async () => {
      const pin = toldPin(stage, guest)
      if (pin === undefined || !isTold(stage, expected)) return undefined
      return keypads.every((keypad) => pinsOn(stage, keypad).includes(pin)) ? true : undefined
    },
    patience,
  )
  const seen = await until(`the hub has proof that guest ${guest} is let in`, async () => {
    const booking = await client.booking(ref)
    const proven = booking?.codes.filter(({ want, evidence }) => want === 'present' && evidence === 'confirmed')
    return areSettled(booking) && proven?.length === keypads.length ? booking : undefined
  })
  const pin = toldPin(stage, guest)
  for (const keypad of keypads) {
    const held = pinsOn(stage, keypad).filter((one) => one === pin).length
    if (held !== 1) throw new Error(`${keypad} holds the code of guest ${guest} ${held} times`)
  }
  exactly(stage, expected)
  return seen
}

/** Waits until no lock knows this PIN, the hub has proof, and the guest was told of the end. */
export async function letOut(
  stage: Stage,
  { client }: RunningHub,
  { pin, keypads = allDoors, ...expected }: Partial<Expected> & Omit<Expected, 'keypads'> & { readonly pin: string },
): Promise<SeenBooking> {
  const { guest, ref, patience } = expected
  await until(
    `guest ${guest} is out and told ${expected.messages} times`,
    async () => {
      if (keypads.some((keypad) => pinsOn(stage, keypad).includes(pin))) return undefined
      return isTold(stage, expected) ? true : undefined
    },
    patience,
  )
  const seen = await until(`the hub has proof that guest ${guest} is out`, async () => {
    const booking = await client.booking(ref)
    const open = booking?.codes.filter(({ want, evidence }) => want === 'present' || evidence !== 'confirmed')
    return areSettled(booking) && open?.length === 0 ? booking : undefined
  })
  exactly(stage, expected)
  return seen
}

function isTold(stage: Stage, { guest, ref, messages }: Pick<Expected, 'guest' | 'ref' | 'messages'>): boolean {
  return texts(stage, guest).length >= messages && letters(stage, ref).length >= messages
}

/** No message is on its way any more. */
function areSettled(booking: SeenBooking | undefined): boolean {
  return booking?.messages.every(({ state }) => state !== 'claimed' && state !== 'planned') ?? false
}

function exactly(stage: Stage, { guest, ref, messages }: Pick<Expected, 'guest' | 'ref' | 'messages'>): void {
  const [sms, inbox] = [texts(stage, guest).length, letters(stage, ref).length]
  if (sms !== messages || inbox !== messages)
    throw new Error(`guest ${guest} got ${sms} texts and ${inbox} letters instead of ${messages} each`)
}
