import { dayFromNow } from './fresh-world.ts'
import { type HubClient, hubClient, type SeenBooking, until } from './hub-client.ts'
import { at, type HouseName, type Houses } from './houses.ts'
import type { HousesVendors } from './houses-vendors.ts'
import type { Effect } from './story.ts'

export interface HousesStoryParts {
  readonly vendors: HousesVendors
  readonly houses: Houses
  /** Where the hub is. */
  readonly hub: string
  readonly tell: (effect: Effect) => void
  /** Milliseconds that one effect may take. */
  readonly patience?: number
}

/** Invented people. */
export const people = {
  lena: { name: 'Lena', phone: '+33639980041', mail: 'lena@guest.example' },
  otto: { name: 'Otto', mail: 'otto@guest.example' },
  hedda: { name: 'Hedda', mail: 'hedda@guest.example' },
} as const

/** What each guest was let in with, for whoever looks that nobody else has it. Never told. */
export interface HousesStory {
  readonly lena: string
  readonly otto: string
  readonly hedda: string
}

/**
 * At the same time in two more houses: two guests of Lakeside, one of them without a phone, and one of Hillside are let in,
 * told, and two of them cancel. As in the story, every line is told only after it was seen at the vendors and as evidence.
 */
export async function playHouses(parts: HousesStoryParts): Promise<HousesStory> {
  const [lakeside, hedda] = await Promise.all([playLakeside(parts), playHillside(parts)])
  return { ...lakeside, hedda }
}

async function playLakeside(parts: HousesStoryParts): Promise<Omit<HousesStory, 'hedda'>> {
  const { vendors } = parts
  const { hospitable, gate, nuki, whatsApp, mail } = vendors
  const { lena, otto } = people
  const scene = sceneOf(parts, 'lakeside')
  await scene.until('the hub has read Hospitable', () => scene.client.hasRead('hospitable'))
  const book = (guest: { readonly name: string; readonly mail: string; readonly phone?: string }, unitRef: string) =>
    hospitable.book({
      ...stay(),
      unitRef,
      platform: 'direct',
      guest: {
        first_name: guest.name,
        last_name: 'Seeblick',
        email: guest.mail,
        phone_numbers: guest.phone === undefined ? [] : [guest.phone],
        language: 'en',
      },
    })
  const [lenas, ottos] = [book(lena, at.lakeside.flat), book(otto, at.lakeside.garden)]
  scene.tell(
    'webhook',
    'Hospitable announces two bookings: Lena in the flat, and Otto, who has no phone, in the garden.',
  )

  const onGate = () => gate.codesOn(at.lakeside.gate).map(({ pin }) => pin)
  const onNuki = (lock: string) => nuki.lakeside.codesOn(lock).map(({ pin }) => pin)
  const lenaPin = await scene.letIn('Lena', lenas, ['Lake gate', 'Lake flat'], () =>
    onNuki(at.lakeside.flatLock).find((pin) => onGate().includes(pin)),
  )
  const ottoPin = await scene.letIn('Otto', ottos, ['Lake gate', 'Lake garden'], () =>
    onNuki(at.lakeside.gardenLock).find((pin) => onGate().includes(pin)),
  )
  await scene.told('whatsapp', 'WhatsApp to Lena', lenaPin, 1, () => whatsApp.received(lena.phone))
  await scene.told('mail', 'Mail to Lena', lenaPin, 1, () => mail.received(lena.mail))
  await scene.told('mail', 'Mail to Otto', ottoPin, 1, () => mail.received(otto.mail))

  hospitable.cancel(lenas)
  scene.tell('webhook', 'Lena cancels.')
  await scene.letOut('Lena', lenas, () => [...onGate(), ...onNuki(at.lakeside.flatLock)].includes(lenaPin))
  await scene.told('whatsapp', 'WhatsApp to Lena', lenaPin, 2, () => whatsApp.received(lena.phone))
  await scene.told('mail', 'Mail to Lena', lenaPin, 2, () => mail.received(lena.mail))
  if (!onGate().includes(ottoPin) || !onNuki(at.lakeside.gardenLock).includes(ottoPin))
    throw new Error('Otto lost his code when Lena cancelled')
  return { lena: lenaPin, otto: ottoPin }
}

async function playHillside(parts: HousesStoryParts): Promise<string> {
  const { beds24, nuki } = parts.vendors
  const scene = sceneOf(parts, 'hillside')
  await scene.until('the hub has read Beds24', () => scene.client.hasRead('beds24'))
  const { name, mail: email } = people.hedda
  const guest = { firstName: name, lastName: 'Bergmann', email, lang: 'en' }
  const booking = beds24.book({ ...stay(), roomId: 710_001, unitId: 1, guest })
  scene.tell('booked', 'Hedda books the hut at Beds24, and nobody announces it: the hub asks.')
  const before = new Set(['864297', '397521'])
  const onHut = () => nuki.hillside.codesOn(at.hillside.hutLock).flatMap(({ pin }) => (before.has(pin) ? [] : [pin]))
  const pin = await scene.letIn('Hedda', booking, ['Hill hut'], () => onHut()[0])
  await scene.told('inbox', "Beds24's inbox", pin, 1, () => beds24.inbox(booking))
  beds24.cancel(booking)
  scene.tell('booked', 'Hedda cancels.')
  await scene.letOut('Hedda', booking, () => onHut().includes(pin))
  await scene.told('inbox', "Beds24's inbox", pin, 2, () => beds24.inbox(booking))
  return pin
}

const stay = () => ({ arrival: dayFromNow(Date.now(), 1), departure: dayFromNow(Date.now(), 3) })

interface Scene {
  readonly client: HubClient
  tell(effect: string, text: string): void
  until<Answer>(what: string, ask: () => Promise<Answer | undefined>): Promise<Answer>
  /** One PIN is on the doors, and the hub has proof of each. Resolves to it. */
  letIn(who: string, ref: string, doors: readonly string[], find: () => string | undefined): Promise<string>
  letOut(who: string, ref: string, isOn: () => boolean): Promise<void>
  /** So many messages arrived there and not one more; the first names the PIN. */
  told(effect: string, where: string, pin: string, count: number, texts: () => readonly string[]): Promise<void>
}

function sceneOf({ hub, houses, tell, patience }: HousesStoryParts, house: HouseName): Scene {
  const client = hubClient(hub, houses[house].apiKey)
  const soon: Scene['until'] = (what, ask) => until(`${house}: ${what}`, ask, patience)
  const say = (effect: string, text: string) => tell({ step: house, effect, text })
  const proven = (booking: SeenBooking | undefined, want: 'present' | 'absent') =>
    booking?.codes.filter((code) => code.want === want && code.evidence === 'confirmed').flatMap(({ doors }) => doors)
  return {
    client,
    tell: say,
    until: soon,
    letIn: async (who, ref, doors, find) => {
      const pin = await soon(`${who} is let in`, async () => {
        const known = proven(await client.booking(ref), 'present') ?? []
        return doors.every((door) => known.includes(door)) ? find() : undefined
      })
      say('code-confirmed', `${who}: one PIN is on ${doors.join(' and ')}, read back.`)
      return pin
    },
    letOut: async (who, ref, isOn) => {
      await soon(`${who}'s code is gone`, async () => {
        const booking = isOn() ? undefined : await client.booking(ref)
        return booking?.codes.every(({ want, evidence }) => want === 'absent' && evidence === 'confirmed')
          ? booking
          : undefined
      })
      say('code-gone', `No lock of ${house === 'lakeside' ? 'Lakeside' : 'Hillside'} knows ${who}'s code, read back.`)
    },
    told: async (effect, where, pin, count, texts) => {
      await soon(`${where} (${count})`, async () => (texts().length >= count ? true : undefined))
      if (texts().length !== count) throw new Error(`${where}: ${texts().length} messages instead of ${count}`)
      if (!(texts()[0] ?? '').includes(pin)) throw new Error(`${where}: the PIN of the doors is not in it`)
      const newest = (texts().at(-1) ?? '').replaceAll(/\s*\n\s*/g, ' / ').replaceAll(pin, '••••••')
      say(effect, `${where}: ${newest}`)
    },
  }
}
