import type {
  Alert,
  Effects,
  FoundBookings,
  LossAnswer,
  LossClaim,
  MessageChanges,
  MessageClaim,
  StayChanges,
  StayView,
} from '../../ports/stores.ts'
import type { HubProcess, HubWatcher } from './hub-process.ts'
import { lease } from './hub-process.ts'
import type { Judge } from './judge.ts'
import { alertsIn, type StoreWatcher } from './store-site.ts'
import type { Truth } from './truth.ts'
import type { KeypadWatcher } from './world/keypad.ts'
import type { PhoneWatcher, Text } from './world/phones.ts'
import { textOf } from './world/stays.ts'
import type { CallWatcher } from './world/weather.ts'

export interface Observed {
  readonly truth: Truth
  readonly trace: { hash: number }
  readonly calls: Map<string, number>
  /** Told of everything that crosses a border, for whoever wants to read a run line by line. */
  readonly log?: (at: number, line: string) => void
}

const alarmAddress = '+33639989999'

/** Sees what crosses every border of the hub, keeps the truth's books, and tells the judges. */
export function observer(judges: readonly Judge[]) {
  let seen: Observed | undefined
  let hubs: readonly HubProcess[] = []
  const of = () => {
    if (!seen) throw new TypeError('nothing happens before the world is there')
    return seen
  }
  const note = (text: string) => {
    const { trace, truth, log } = of()
    log?.(truth.now, text)
    let hash = trace.hash ^ truth.now
    for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
    trace.hash = hash
  }
  const stayOf = (channel: 'sms' | 'inbox', text: Text) => {
    const { truth } = of()
    if (channel === 'inbox') return truth.bookings.stays.get(text.to)
    return truth.bookings.stays.get(truth.refs.get(messages.get(text.key) ?? '') ?? '')
  }
  /** Which booking a message's key was made for. */
  const messages = new Map<string, string>()

  const calls: CallWatcher = {
    started: (call) => {
      for (const judge of judges) judge.callStarted?.(call)
    },
    ended: (record) => {
      const name = `${record.operation} ${record.outcome}`
      const { calls, truth } = of()
      calls.set(name, (calls.get(name) ?? 0) + 1)
      note(`${name} ${record.about}`)
      of().truth.sends.ended(record)
      for (const judge of judges) judge.callEnded?.(record)
      const isShort = record.outcome === 'empty' || record.outcome === 'partial' || record.outcome === 'stale'
      if (record.operation === 'readCodes' && isShort) truth.misread.add(record.about)
    },
  }
  const keypads: KeypadWatcher = {
    changed: (keypad) => {
      if (seen) for (const judge of judges) judge.doorChanged?.(keypad)
    },
    writeAsked: (keypad, words, ref) => {
      for (const judge of judges) judge.writeAsked?.(keypad, words, ref)
      const { truth } = of()
      const stay = truth.owners.get(words.mark ?? '')?.stay
      if (stay) truth.asked.set(`${keypad.id} ${stay.ref}`, words.pin)
    },
    removeAsked: (keypad, ref) => {
      for (const judge of judges) judge.removeAsked?.(keypad, ref)
    },
  }
  const phones: PhoneWatcher = {
    taken: (channel, text) => {
      if (text.to === alarmAddress) return
      const { truth } = of()
      const stay = stayOf(channel, text)
      const { looksUp, reports } = truth.plot.house.sms
      if (stay && channel === 'sms')
        truth.underWay.set(stay.ref, { key: text.key, at: truth.now, reports: looksUp && reports })
      truth.check('M2', stay !== undefined, () => 'A message goes out that belongs to no stay.')
      if (stay) for (const judge of judges) judge.taken?.(stay, channel, text)
    },
    arrived: (channel, text) => {
      if (text.to === alarmAddress) {
        for (const judge of judges) judge.alarmed?.(text)
        return
      }
      const stay = stayOf(channel, text)
      if (!stay) return
      const { truth } = of()
      if (truth.underWay.get(stay.ref)?.key === text.key) truth.underWay.delete(stay.ref)
      truth.hear(stay, channel, text)
      for (const judge of judges) judge.arrived?.(stay, channel, text)
    },
  }
  const store: StoreWatcher = {
    stored: (name, args, answer) => {
      const { truth } = of()
      note(name)
      if (of().log && name.startsWith('save')) note(saved(args))
      if (name === 'loadStay' && answer)
        keepIds(truth, answer as StayView) // as the port says
      else if (name === 'saveBookings') commit(truth, args[1] as FoundBookings)
      else if (name === 'claimLoss') keepLoss(truth, args[1] as LossClaim, answer as LossAnswer)
      else if (name === 'saveStay') keepCodes(truth, args[1] as StayChanges)
      else if (name === 'saveMessages') {
        const { bookingId, create = [], update = [] } = args[1] as MessageChanges // as the port says
        for (const message of create) {
          messages.set(message.id, bookingId)
          if (message.state === 'claimed') truth.sends.perhaps(message)
        }
        truth.sends.saved(update)
      } else if (name === 'claimMessage' && answer === true) {
        const { message, text } = args[1] as MessageClaim // as the port says
        truth.sends.claimed({ ...message, text }, truth.now)
      }
      keepAlerts(truth, alertsIn(name, args, answer))
      for (const judge of judges) judge.stored?.(name, args, answer)
    },
    answerLost: (name) => {
      if (name.startsWith('load')) return
      for (const judge of judges) judge.answerLost?.(name)
    },
  }
  const outage = (until: number) => {
    const { truth } = of()
    const back = Math.min(...hubs.map(({ downUntil, frozenUntil }) => Math.max(downUntil, frozenUntil)))
    const { now } = truth
    truth.health.add('hub', now, Math.max(back > now ? Math.min(until, back) : now, now + lease + 5000), 0)
  }
  const processes: HubWatcher = {
    claimed: (process, claim) => {
      note(`${claim.kind}:${claim.key}`)
      for (const judge of judges) judge.claimed?.(process, claim)
    },
    died: (process, claims) => {
      outage(process.downUntil)
      if (claims.length > 0) of().truth.happened('a process died with looks under way')
      for (const judge of judges) judge.died?.(process, claims)
    },
    froze: (process) => outage(process.frozenUntil),
    finished: (claim) => {
      for (const judge of judges) judge.finished?.(claim)
    },
    bug: (error, { kind }) => {
      const text =
        error instanceof Error
          ? `${error.name}: ${error.message} ${(error.stack ?? '').split('\n')[1]}`
          : 'not an error'
      of().truth.check('bug', false, () => `A look at ${kind} ends with ${text}`)
    },
    failed: (error, claim, isOurs) => {
      note(`${claim.kind} ${error.name}`)
      if (isOurs) for (const judge of judges) judge.failed?.(claim, error)
      if (error.name === 'LeaseLost') of().truth.happened('a process that had lost its key was refused')
    },
  }
  return {
    calls,
    keypads,
    phones,
    store,
    hubs: processes,
    of: (observed: Observed) => {
      seen = observed
    },
    hubsAre: (all: readonly HubProcess[]) => {
      hubs = all
    },
  }
}

/** What a save is about, in few words. */
function saved(args: readonly unknown[]): string {
  const { update = [], create = [] } = args[1] as { update?: readonly object[]; create?: readonly object[] } // as the port says
  const words = [...create, ...update].map((one) => {
    const { mark, want, evidence, kind, state, channel, refusal } = one as Record<string, string | undefined> // of a code or a message these are words
    return [mark, want, evidence, refusal, kind, channel, state].filter((word) => word !== undefined).join(' ')
  })
  const { raise = [] } = args.at(-1) as Effects
  return `  ${[...words, ...raise.map((alert) => `ALERT ${alert.kind} ${alert.text}`)].join(' | ')}`
}

function keepIds(truth: Truth, { booking }: StayView): void {
  truth.ids.set(booking.ref, booking.id)
  truth.refs.set(booking.id, booking.ref)
}

function commit(truth: Truth, { bookings }: FoundBookings): void {
  for (const { ref, state, unitRef, arrival, departure, guest } of bookings) {
    const stay = truth.bookings.stays.get(ref)
    if (!stay) continue
    const text = [state, unitRef, arrival, departure, guest.phone?.slice(-4) ?? '', guest.name ?? ''].join('|')
    const version = stay.versions.findLast((one) => one.visibleAt <= truth.now && textOf(one.facts) === text)
    if (version && version !== stay.known()) stay.commits.push({ at: truth.now, version })
  }
}

function keepCodes(truth: Truth, { bookingId, create = [] }: StayChanges): void {
  const stay = truth.bookings.stays.get(truth.refs.get(bookingId) ?? '')
  if (!stay) return
  for (const { mark, pin, deviceId } of create) {
    truth.owners.set(mark, { stay, pin })
    truth.newestMarks.set(`${stay.ref} ${deviceId}`, mark)
  }
}

function keepLoss(truth: Truth, { bookingId, codeIds }: LossClaim, { verdict }: LossAnswer): void {
  const stay = truth.bookings.stays.get(truth.refs.get(bookingId) ?? '')
  if (!stay) return
  const before = truth.braked.get(stay)?.state
  if (verdict === 'held' && before !== 'held') {
    truth.happened('the brake was pulled')
    truth.braked.set(stay, { state: 'held', at: truth.now })
  } else if (verdict === 'clear' && (before !== 'approved' || codeIds.length === 0)) {
    if (truth.braked.delete(stay)) truth.unbraked.set(stay, truth.now)
  }
}

function keepAlerts(truth: Truth, { raise = [], settle = [] }: Pick<Effects, 'raise' | 'settle'>): void {
  const name = ({ kind, subject }: Pick<Alert, 'kind' | 'subject'>) => `${kind} ${subject}`
  for (const alert of raise) if (!truth.alerts.has(name(alert))) truth.alerts.set(name(alert), truth.now)
  for (const alert of settle) truth.alerts.delete(name(alert))
}
