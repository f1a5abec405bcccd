import type { AdoptionRefusal } from '../domain/hand-made.ts'
import type { Alert, TimelineEntry } from '../ports/stores.ts'

/** Why a hand-made code does not become a stay's, and what helps. */
export const adoptionRefusals: Readonly<Record<AdoptionRefusal, { readonly text: string; readonly remedy: string }>> = {
  unknown: {
    text: 'No code that somebody made by hand is listed by this name, or no booking by the other.',
    remedy: 'See the codes as they are now, with their names: stayward code foreign',
  },
  changed: {
    text: 'It was changed or deleted after you had seen it.',
    remedy: 'See the codes as they are now, and ask again: stayward code foreign',
  },
  'pin-hidden': {
    text: 'Its device does not show its PIN, so nobody could be told it.',
    remedy: 'Nothing to do: the stay gets a code of the hub. Delete the one made by hand where nobody needs it.',
  },
  'pin-taken': {
    text: 'Somebody else has its PIN at that door, or had it until lately.',
    remedy: "Give it another PIN in the lock's app, and ask again.",
  },
  'cannot-update': {
    text: 'Its device cannot change a code, so it would not end with the stay.',
    remedy: "Delete it in the lock's app; the stay gets a code of the hub.",
  },
  'no-access': {
    text: 'The booking lets nobody through that door.',
    remedy: 'Is the booking confirmed, is its flat linked, and is the door on the way to it? See: stayward arrivals',
  },
  'in-house': {
    text: 'The stay has begun, and its guest gets in there with the PIN that they know.',
    remedy: "Leave it, or delete it in the lock's app. The guest's own code stays.",
  },
  waits: {
    text: 'It waits to become the code of another stay, or another one waits to become the code of this stay there.',
    remedy: 'Look again in a minute: stayward code foreign',
  },
}

interface Asked {
  readonly bookingId: string
  readonly deviceId: string
  readonly door: string
}

/** What a person's word about a hand-made code brings about. It is about one code of the device, and no command about the others. */
export function askedAdoptionEffects({ bookingId, deviceId, door }: Asked) {
  return {
    timeline: [
      {
        bookingId,
        kind: 'adoption-asked',
        text: `A person gave this stay a code that was made by hand at ${door}. The door is read first.`,
        cause: 'person',
      },
    ],
    marks: [{ kind: 'device', key: deviceId, why: 'nudge' }],
    settle: [adoptionAlert(bookingId)],
  } as const
}

/** What a person has to know of the hand-made codes that were given to a stay, until another one is, or the stay is over. */
export function adoptionAlert(bookingId: string): Pick<Alert, 'kind' | 'subject'> {
  return { kind: 'adoption', subject: `booking:${bookingId}` }
}

/** The person who gave the code away has gone by the time that a look finds out. */
export function refusedAdoptionAlert(bookingId: string, door: string, refusal: AdoptionRefusal): Alert {
  const { text, remedy } = adoptionRefusals[refusal]
  return { ...adoptionAlert(bookingId), text: `${stays(door)} ${text}`, remedy, loud: 'warn' }
}

const stays = (door: string) => `The code that was made by hand at ${door} does not become this stay's.`
const isGuessed = 'Its PIN is among those that people try first.'
const betterPin =
  "To have another one, make a code with a better PIN in the lock's app before the stay begins, and give that to the stay: stayward code foreign"

export function weakPinAlert(bookingId: string, door: string): Alert {
  return {
    ...adoptionAlert(bookingId),
    text: `The code that was made by hand at ${door} is this stay's now. ${isGuessed}`,
    remedy: betterPin,
    loud: 'warn',
  }
}

export function refusedAdoptionLine(bookingId: string, door: string, refusal: AdoptionRefusal): TimelineEntry {
  const { text, remedy } = adoptionRefusals[refusal]
  return {
    bookingId,
    kind: `adoption-refused-${refusal}`,
    text: `${stays(door)} ${text}`,
    remedy,
    cause: 'person',
  }
}

interface TakenOverHow {
  readonly replaces: boolean
  readonly isWeak: boolean
}

export function takenOverLine(bookingId: string, door: string, { replaces, isWeak }: TakenOverHow): TimelineEntry {
  const instead = replaces ? " It takes the place of the hub's own code there." : ''
  return {
    bookingId,
    kind: 'adopted-by-hand',
    text: `The code that was made by hand at ${door} is this stay's now: it keeps its PIN, gets the dates of the stay and ends with it.${instead}${isWeak ? ` ${isGuessed}` : ''}`,
    ...(isWeak ? { remedy: betterPin } : {}),
    cause: 'person',
  }
}
