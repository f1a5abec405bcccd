import type { FoundBookings } from '../../../ports/stores.ts'
import type { Claim, Look } from '../../../ports/work-queue.ts'
import type { Judge } from '../judge.ts'
import type { Truth } from '../truth.ts'
import type { Entry, EntryWords, SimulatedKeypad } from '../world/keypad.ts'
import { windowOf } from '../world/stays.ts'
import { readingsOf } from '../world/wall-clock.ts'

/** Judges nothing: counts what a campaign has to have met to have tested what it claims. */
export function counters(truth: Truth): Judge {
  const { house } = truth.plot
  /** Looks under way, by key: which process. */
  const looking = new Map<string, { readonly process: unknown; readonly fence: number }>()
  /** Looks in which a place has answered. */
  const answered = new Set<string>()
  const acknowledged = new Map<string, number>()
  /** Codes as a vendor stored them otherwise than it was asked, by device and mark. */
  const altered = new Set<string>()
  const asked = new Map<string, EntryWords & { readonly at: number }>()
  const freed = new Set<SimulatedKeypad>()
  const name = ({ kind, key }: Pick<Claim, 'kind' | 'key'>) => `${kind}:${key}`

  /** Whether somebody has changed this code since a hub last asked for it. */
  function isByHand(keypad: SimulatedKeypad, entry: Entry): boolean {
    const words = asked.get(`${keypad.id} ${entry.mark}`)
    return words !== undefined && keypad.touchedAt > words.at && (!entry.enabled || isShifted(keypad, entry, words))
  }

  return {
    staged: (_stay, { facts }) => {
      const { arrival } = facts
      const readings = readingsOf(arrival, house.checkIn, house.zone)
      const { from } = windowOf(facts, house)
      if (facts.state !== 'confirmed' || readings === 1 || from > truth.plot.end) return
      truth.happened(readings === 0 ? 'a check-in in a gap of the clock' : 'a check-in in a fold of the clock')
    },
    acknowledged: (ref) => {
      acknowledged.set(ref, truth.now)
      const stay = truth.bookings.stays.get(ref)
      if (stay && stay.now.visibleAt > truth.now) truth.happened('a webhook came before its change was to be seen')
    },
    claimed: (process, claim) => {
      const before = looking.get(name(claim))
      if (before && before.process !== process) truth.happened('two processes met on one key')
      looking.set(name(claim), { process, fence: claim.fence })
    },
    ended: () => {
      for (const keypad of truth.keypads)
        for (const entry of keypad?.cloud.values() ?? [])
          if (keypad && entry.mark !== undefined && isByHand(keypad, entry))
            truth.happened('a change made by hand was left')
    },
    finished: (claim) => {
      if (looking.get(name(claim))?.fence === claim.fence) looking.delete(name(claim))
    },
    died: (process) => {
      for (const [key, one] of looking) if (one.process === process) looking.delete(key)
    },
    callEnded: ({ where, operation, outcome, about, call }) => {
      const look = `${where} ${(call as Look).fence}` // the engine hands its look over as the call
      if (outcome === 'ok') answered.add(look)
      else if (outcome === 'unauthorized' && answered.has(look)) truth.happened('a token died in the middle of a look')
      else if (outcome === 'stale') truth.happened('an old answer was read')
      else if (outcome === 'partial') truth.happened('a list was short, and said so or not')
      else if (outcome === 'empty')
        truth.happened(operation === 'listBookings' ? 'a list of bookings came empty' : 'a list of codes came empty')
      else if (outcome === 'ok-altered') altered.add(about)
    },
    writeAsked: (keypad, words, ref) => {
      const about = `${keypad.id} ${words.mark}`
      const before = ref === undefined ? undefined : keypad.cloud.get(ref)
      if (before && altered.delete(about) && isShifted(keypad, before, words))
        truth.happened('a window that a vendor had altered was put right')
      if (before && isByHand(keypad, before)) truth.happened('a change made by hand was put right')
      if (ref === undefined && freed.delete(keypad)) truth.happened('a full device was freed by expired codes')
      asked.set(about, { ...words, at: truth.now })
    },
    removeAsked: (keypad, ref) => {
      const { capacity } = keypad.plot
      const until = keypad.cloud.get(ref)?.until ?? Number.POSITIVE_INFINITY
      if (capacity !== undefined && keypad.cloud.size >= capacity && until <= truth.now) freed.add(keypad)
    },
    answerLost: () => truth.happened('the answer to a commit was lost'),
    stored: (method, args) => {
      if (method !== 'saveBookings') return
      const { bookings, cause } = args[1] as FoundBookings // as the port says
      if (cause === 'webhook') return
      for (const { ref } of bookings) {
        const commit = truth.bookings.stays.get(ref)?.commits.at(-1)
        if (commit?.at === truth.now && (acknowledged.get(ref) ?? 0) < commit.version.at)
          truth.happened('a poll found what no webhook had announced')
      }
    },
  }
}

/** Whether it ends otherwise than it was asked to, by more than its device rounds. */
function isShifted({ plot }: SimulatedKeypad, { from, until }: Entry, words: EntryWords): boolean {
  const differs = (a: number | null, b: number | null) => a !== b && Math.abs((a ?? 0) - (b ?? 0)) >= plot.windowStep
  return differs(from, words.from) || differs(until, words.until)
}
