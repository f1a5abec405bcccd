import type { Message } from '../../../domain/message.ts'
import type { MessageChanges, MessageClaim } from '../../../ports/stores.ts'
import type { Judge } from '../judge.ts'
import { isAmbiguous } from '../outcomes.ts'
import { minute } from '../plot.ts'
import type { Truth } from '../truth.ts'
import { factsIn, heard } from '../words.ts'

const silence = 20 * minute

/** One claim of a text on one channel, and what is known of its end. */
interface Said {
  readonly channel: string
  readonly to: string
  readonly facts: string
  readonly at: number
  end: 'open' | 'failed' | 'taken'
  /** As a hub has written it down; it may have died before it could. */
  noted?: Pick<Message, 'state' | 'delivery'>
}

/** M7: with a policy of fallback a second channel speaks only after the first has failed for certain, or been silent for long. */
export function fallbackJudge(truth: Truth): Judge {
  const { house } = truth.plot
  if (house.mode !== 'fallback') return {}
  const said = new Map<string, Said[]>()
  /** The newest claim by what its call is about. */
  const calls = new Map<string, Said>()
  const byId = new Map<string, Said>()

  function judge({ message, text }: MessageClaim): void {
    const { bookingId, channel, to, id } = message
    const before = said.get(bookingId) ?? []
    const facts = factsIn(text)
    // What was told before other facts were is old news; each channel that has told a code takes it back.
    const same = before.slice(before.findLastIndex((one) => one.facts !== facts) + 1)
    const others = same.filter((one) => one.channel !== channel && isTheirs(bookingId, one))
    if (heard(text).kind !== 'withdrawal') {
      truth.check('M7', others.every(hasFailed), () => {
        return `${truth.refs.get(bookingId)} is told the same on a second channel, and the first has not failed.`
      })
      if (others.some(({ end }) => end === 'failed')) truth.happened('a second channel spoke after a definite failure')
      else if (others.length > 0) truth.happened('a second channel spoke after a silence')
    }
    const one: Said = { channel, to, facts, at: truth.now, end: 'open' }
    said.set(bookingId, [...before, one])
    calls.set(channel === 'inbox' ? `messageGuest ${to}` : `send ${id}`, one)
    byId.set(id, one)
  }

  /** An address that the booking has no longer tells this guest nothing. */
  function isTheirs(bookingId: string, { channel, to }: Said): boolean {
    const known = truth.bookings.stays.get(truth.refs.get(bookingId) ?? '')?.known()
    return channel === 'inbox' || to.endsWith(known?.facts.phone ?? 'no phone')
  }

  /** For certain, or nothing has been heard of it for long. A channel that never says what arrives has said all it can. */
  function hasFailed({ end, noted, at }: Said): boolean {
    if (end === 'failed') return true
    if (noted?.delivery === 'delivered' || (noted?.state === 'accepted' && noted.delivery === undefined)) return false
    return truth.now - at >= silence - minute
  }

  return {
    stored: (name, args, answer) => {
      if (name === 'claimMessage' && answer === true) judge(args[1] as MessageClaim) // as the port says
      if (name !== 'saveMessages') return
      for (const { id, state, delivery } of (args[1] as MessageChanges).update ?? []) {
        const one = byId.get(id)
        if (one) one.noted = { state, ...(delivery === undefined ? {} : { delivery }) }
      }
    },
    callEnded: ({ operation, outcome, about }) => {
      const one = calls.get(`${operation} ${about}`)
      if (!one || isAmbiguous(operation, outcome)) return
      one.end = outcome.startsWith('ok') ? 'taken' : 'failed'
    },
    arrived: (stay, channel, text) => {
      const one = calls.get(channel === 'inbox' ? `messageGuest ${text.to}` : `send ${text.key}`)
      const later = (said.get(truth.ids.get(stay.ref) ?? '') ?? []).filter((other) => one && other.at > one.at)
      if (later.some((other) => other.facts === one?.facts && other.channel !== one.channel))
        truth.happened('a late success on the first channel')
    },
  }
}
