import type { StayChanges } from '../../../ports/stores.ts'
import type { Claim, Look } from '../../../ports/work-queue.ts'
import type { Judge } from '../judge.ts'
import { hour, minute } from '../plot.ts'
import { isWrite, outcomes } from '../outcomes.ts'
import type { Truth } from '../truth.ts'

/** Work of a dead process runs again within this. */
const resume = 15_000
const silence = 20 * minute
/** An effect that nobody saw is waited for at least so long, or as long as its vendor takes to show it. */
const doubt = 29_000
/** So often at most may one code be written in an hour: twelve times, and the nine doubling tries that trouble begins with. */
const writesPerHour = 21

/** E1, E2, E6, E9, D2: how looks behave among each other and towards what they cannot know. */
export function engineJudge(truth: Truth): Judge {
  const fences = new Map<string, number>()
  /** Writes whose end nobody knows, and since when. */
  const unknown = new Map<string, number>()
  const reads = new Map<string, number>()
  const writes = new Map<string, number[]>()
  /** Until when a write is waited for that may have happened, by device and mark. */
  const pending = new Map<string, { readonly since: number; readonly until: number }>()
  /** Writes that the device itself says no to. */
  const refused = new Set<string>()
  const acknowledged = new Map<string, number>()
  const fetched = new Map<string, number>()
  const name = ({ kind, key }: Pick<Claim, 'kind' | 'key'>) => `${kind}:${key}`

  function judgeStart({ where, operation, about, call }: Parameters<NonNullable<Judge['callStarted']>>[0]): void {
    const look = call as Look // the engine hands its look over as the call
    const newest = fences.get(name(look)) ?? 0
    truth.check('E1', look.fence >= newest, () => {
      return `A process that has lost ${look.kind} to another one still starts ${operation} at ${where}.`
    })
    if (operation === 'readCodes') reads.set(about, truth.now)
    if (operation === 'readBooking') fetched.set(about, truth.now)
    if (operation === 'listBookings') for (const ref of acknowledged.keys()) fetched.set(ref, truth.now)
    if (!isWrite(operation)) return
    const since = unknown.get(`${operation} ${about}`)
    if (operation === 'send' && since !== undefined)
      truth.check(
        'E9',
        truth.now - since >= silence - minute,
        () => `A message that may have gone out is sent again at once.`,
      )
    if (operation !== 'writeCode') return
    const device = about.split(' ')[0] ?? ''
    const wait = pending.get(about)
    // A hub that could not write down when the call ended counts from when it had meant to begin it.
    if (wait && truth.health.calmFrom(truth.now, 'hub') < wait.since)
      truth.check('E9', truth.now >= wait.until, () => {
        return `${device}: a write that may have happened is repeated before anybody could have seen it.`
      })
    if (since !== undefined)
      truth.check('E9', (reads.get(device) ?? 0) >= since, () => {
        return `${device}: a write that may have happened is repeated without a look at the device.`
      })
    const recent = (writes.get(about) ?? []).filter((at) => truth.now - at < hour)
    recent.push(truth.now)
    writes.set(about, recent)
    truth.check(
      'E6',
      recent.length <= writesPerHour,
      () => `${device}: one code is written ${recent.length} times in an hour.`,
    )
  }

  /** What a listing shows need not be waited for any longer. */
  function forgetSeen(device: string): void {
    const listed = truth.keypads.find((one) => one?.id === device)?.listing() ?? []
    for (const { mark } of listed) pending.delete(`${device} ${mark}`)
  }

  return {
    writeAsked: (keypad, words, ref) => {
      const about = `${keypad.id} ${words.mark}`
      if (keypad.refusalOf(words, ref) || (ref !== undefined && !keypad.cloud.has(ref))) refused.add(about)
      else refused.delete(about)
    },
    // Other dates, or another PIN, are another thing to write, and its tries begin anew.
    stored: (operation, args) => {
      if (operation !== 'saveStay') return
      for (const { mark } of (args[1] as StayChanges).update ?? []) // as the port says
        for (const keypad of truth.keypads) writes.delete(`${keypad?.id} ${mark}`)
    },
    claimed: (_process, claim) => fences.set(name(claim), claim.fence),
    callStarted: judgeStart,
    callEnded: ({ operation, outcome, about, ambiguous, startedAt }) => {
      // Where the vendor says when to come again, that is when it is; what never got there is the queue's to pace.
      if (['rate-limited', 'unreachable'].includes(outcomes[outcome].says)) writes.get(about)?.pop()
      if (operation === 'readCodes') forgetSeen(about)
      if (!isWrite(operation)) return
      // A message counts from when it was claimed; a process may have been frozen in its call.
      if (ambiguous) unknown.set(`${operation} ${about}`, operation === 'send' ? startedAt : truth.now)
      else unknown.delete(`${operation} ${about}`)
      if (operation !== 'writeCode') return
      const showsWithin = truth.keypads.find((one) => one?.id === about.split(' ')[0])?.plot.showsWithin ?? 0
      const isYes = outcomes[outcome].says === 'value' && !outcome.startsWith('refused') && !refused.has(about)
      const length = ambiguous ? Math.max(doubt, showsWithin) : isYes ? showsWithin : 0
      pending.set(about, { since: startedAt, until: truth.now + length })
    },
    died: (_process, claims) => {
      for (const claim of claims) {
        const look = () => {
          // Nobody is there to take it over, or those who are have their own trouble.
          if (truth.health.calmFrom(truth.now, 'hub') > truth.now - resume) return
          truth.check('E2', (fences.get(name(claim)) ?? 0) > claim.fence, () => {
            return `${claim.kind} was being looked at by a process that died, and is not taken up again.`
          })
        }
        truth.schedule.at(truth.now + resume + 5000, look)
      }
    },
    acknowledged: (ref) => acknowledged.set(ref, truth.now),
    ended: () => {
      // Hubs that are dead for ever look at nothing.
      if (!truth.health.isCalm(truth.now, 'hub')) return
      for (const [ref, at] of acknowledged)
        truth.check('D2', (fetched.get(ref) ?? 0) >= at || truth.now - at < 15 * minute, () => {
          return `A webhook about ${ref} was taken and nobody has looked since.`
        })
    },
  }
}
