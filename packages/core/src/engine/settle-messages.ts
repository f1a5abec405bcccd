import { takenUp } from '../domain/brake.ts'
import { opensSoon } from '../domain/code.ts'
import { between, earliest, type Instant, plus } from '../domain/instant.ts'
import { limits } from '../domain/limits.ts'
import type { Message } from '../domain/message.ts'
import { isLeaving, overtaken, toldElsewhere } from '../domain/message-ledger.ts'
import { type GrantPlan, planGrants } from '../domain/plan-grants.ts'
import { isCarried, type MessagePlan, planMessages } from '../domain/plan-messages.ts'
import { channelName } from '../domain/policy.ts'
import { isRestoring } from '../domain/lost-time.ts'
import { AdapterError } from '../ports/adapter-error.ts'
import { uuidOf } from '../ports/entropy.ts'
import type { Alert, Effects, StayView, TimelineEntry } from '../ports/stores.ts'
import type { Look, Mark } from '../ports/work-queue.ts'
import { catchUp, type ChannelFailure } from './catch-up.ts'
import { openChannel, type OpenedChannel } from './channels.ts'
import { deliver } from './deliver.ts'
import { clockAlert, clockSubject, messagesOf } from './clock-alert.ts'
import type { Engine } from './engine.ts'
import { elsewhereAlert, endedAlerts, unprovenAlert, forgottenAlert } from './message-alerts.ts'
import { perhapsLines, perhapsSent, recallIntents, restoringReason } from './perhaps-told.ts'
import { connectionAlert, needsPerson, troubleLines } from './trouble.ts'

/**
 * Looks at what one booking's guest has been told. First what is open is settled (sends whose end is not known, delivery
 * states, answers), then what has to be said is written into the ledger, and only then is anything sent.
 */
export async function settleMessages(engine: Engine, look: Look): Promise<void> {
  const { store, clock } = engine
  const view = await store.loadStay(look.key, clock.now())
  if (!view) return
  const channels = await Promise.all(view.policy.channels.map((channel) => openChannel(engine, view, channel)))

  const { changed, failure: unread } = await catchUp(engine, look, view, channels)
  const caughtUp = view.messages.map((message) => changed.get(message.id) ?? message)
  const now = clock.now()
  const sent = perhapsSent(engine, view, channels, caughtUp)
  const ledger = caughtUp.map((message) => sent.find(({ id }) => id === message.id) ?? message)
  const plan = takenUp(planGrants({ ...view, now }), view.codes, now)
  const ways = waysOf(view, channels)
  const planned = planMessages({
    ...view,
    plan,
    ways,
    mode: view.policy.mode,
    ledger,
    tellUnprovenBefore: view.policy.tellUnprovenBefore,
    silence: engine.pace.silence,
    proofGrace: engine.pace.proofGrace,
    now,
  })
  const { intents, update } = intentsOf(engine, view, planned, now)
  const { perhaps, free, waiting } = recallIntents(engine, view, channels, { intents, ledger, now })
  const said = waiting.length > 0 ? { ...planned, reasons: [...planned.reasons, restoringReason] } : planned
  const raise = [
    ...unprovenAlert(view, said),
    ...(plan.status === 'granted' ? elsewhereAlert(view, toldElsewhere(ledger, ways), channels) : []),
    ...(plan.status === 'granted' ? forgottenAlert(view, plan, ledger, engine.lostTime?.()) : []),
  ]
  const recalled = [...sent, ...perhaps]
  if (free.length + update.length + recalled.length > 0) {
    const { id: bookingId } = view.booking
    const changes = { bookingId, create: [...perhaps, ...free], update: [...update, ...sent] }
    const timeline = perhapsLines(view, channels, recalled)
    const marks: Mark[] = recalled.length > 0 ? [{ kind: 'messages', key: bookingId, why: 'step' }] : [] // they are looked up
    await store.saveMessages(look, changes, { now, raise, timeline, marks })
  }

  const withdrawn = new Set(update.map(({ id }) => id))
  // What is held is neither proven nor refuted: what was planned before waits for it.
  const open =
    plan.status === 'held' || isRestoring(engine.lostTime?.())
      ? []
      : ledger.filter(({ state, id }) => state === 'planned' && !withdrawn.has(id))
  const call = { ...look, near: view.codes.some((code) => opensSoon(code, now)) }
  const isAfterAnother = (message: Message) => isLeaving(ledger, message, plus(now, -leavesWithin(engine.pace.silence)))
  const due = [...open, ...free].filter((message) => !isAfterAnother(message))
  const doubt = clock.doubt?.()
  const untold = due.length > 0 ? clockAlert(messagesOf(view), doubt, 'A guest is not told what there is to tell.') : []
  const delivered = await deliverAll(engine, call, view, channels, doubt ? [] : due, ledger)
  const after = [...ledger.filter(({ id }) => !delivered.sent.some((one) => one.id === id)), ...delivered.sent]
  const owed = owedBy(channels, said)
  const troubles = [owed, unread].flatMap((error) => error ?? [])
  await closeLook(
    engine,
    look,
    view,
    { plan, said, ledger: after, raise: [...raise, ...owedAlert(owed), ...untold], troubles },
    channels,
  )
  const failure = delivered.failure ?? troubles[0]?.error
  if (failure) throw failure
}

/** One channel in trouble does not keep the others from speaking. */
async function deliverAll(
  engine: Engine,
  look: Look,
  view: StayView,
  channels: readonly OpenedChannel[],
  waiting: readonly Message[],
  ledger: readonly Message[],
) {
  const sent: Message[] = []
  let failure: AdapterError | undefined
  for (const message of waiting) {
    look.signal.throwIfAborted()
    const said = ledger.map((one) => sent.find(({ id }) => id === one.id) ?? one)
    if (hasBeenSaid(engine, view, channels, message, said)) continue
    try {
      sent.push(await deliver(engine, look, view, channels, message, ledger))
    } catch (error) {
      if (!AdapterError.is(error)) throw error
      failure ??= error
    }
  }
  return { sent, failure }
}

/** Two channels may have had it to say, the one again and the other instead: what the first of them took is enough. */
function hasBeenSaid(
  { pace, clock }: Engine,
  view: StayView,
  channels: readonly OpenedChannel[],
  message: Message,
  ledger: readonly Message[],
): boolean {
  const { mode } = view.policy
  if (message.kind === 'withdrawal') return false // each channel takes back what it told
  return isCarried(message, { mode, ways: waysOf(view, channels), ledger, silence: pace.silence, now: clock.now() })
}

export function waysOf({ policy }: StayView, channels: readonly OpenedChannel[]) {
  return policy.channels.map((channel, index) => {
    const { to, broken } = channels[index] ?? {}
    return {
      channel: channelName(channel),
      ...(to === undefined ? {} : { to }),
      ...(broken ? { down: true as const } : {}),
    }
  })
}

/** The ledger's side of a plan: intents to write down, and those that are overtaken. */
function intentsOf({ entropy }: Engine, { booking }: StayView, { steps }: MessagePlan, now: Instant) {
  const intents: Message[] = []
  const update: Message[] = []
  for (const step of steps) {
    if (step.do === 'withdraw') {
      update.push({ ...overtaken(step.message), reason: step.because })
      continue
    }
    const { channel, to, kind, told, version } = step
    intents.push({
      id: uuidOf(entropy).replaceAll('-', ''),
      bookingId: booking.id,
      channel,
      to,
      kind,
      told,
      version,
      state: 'planned',
      createdAt: now,
      resends: 0,
    })
  }
  return { intents, update }
}

interface Ended {
  readonly plan: GrantPlan
  readonly said: MessagePlan
  readonly ledger: readonly Message[]
  /** What a person has to know as long as it is so. */
  readonly raise: readonly Alert[]
  /** Channels that could not be asked, or are down while they have something to say. */
  readonly troubles: readonly ChannelFailure[]
}

function owedAlert(owed: ChannelFailure | undefined): Alert[] {
  return owed && needsPerson(owed.error.code) ? [connectionAlert(owed.connectionId, owed.error)] : []
}

function owedBy(channels: readonly OpenedChannel[], { owed = [] }: MessagePlan): ChannelFailure | undefined {
  for (const { name, connectionId, broken } of channels)
    if (broken && owed.includes(name)) return { connectionId, error: broken }
  return undefined
}

/** Says why nothing was said, asks for the next look, and closes what is no longer so. */
async function closeLook(
  { store, clock, pace }: Engine,
  look: Look,
  view: StayView,
  { plan, said, ledger, raise, troubles }: Ended,
  channels: readonly OpenedChannel[],
): Promise<void> {
  const { booking } = view
  const now = clock.now()
  const timeline: TimelineEntry[] = [
    ...said.reasons.map(({ code, text, remedy }) => ({ bookingId: booking.id, kind: code, text, remedy })),
    ...troubles.flatMap(({ error }) => troubleLines([booking.id], error)),
  ]
  const waits = ledger.flatMap((message) => {
    const channel = channels.find(({ name }) => name === message.channel)
    return nextLookAt(message, channel, now, pace.silence)
  })
  const isUntold = raise.some(({ kind }) => kind === 'clock')
  const soon = isUntold ? [plus(now, limits.clockSettles)] : []
  const times = [...waits, ...soon, ...(said.next === undefined ? [] : [said.next])]
  const [first, ...rest] = times
  const effects: Effects = {
    now,
    timeline,
    raise,
    settle: [...endedAlerts(view, plan, said, raise), ...(isUntold ? [] : [clockSubject(messagesOf(view))])],
    timers: [{ kind: 'messages', key: booking.id, at: first === undefined ? null : earliest(first, ...rest) }],
  }
  await store.saveMessages(look, { bookingId: booking.id }, effects)
}

/** A send that was begun has ended by then, well or not, whichever process made it: twice as long as a request may take. */
const leavesWithin = (silence: number) => silence / 40

/** When an open message is worth asking about again: quickly at first, then ever more slowly, for two days. */
function nextLookAt(
  { state, delivery, claimedAt }: Message,
  channel: OpenedChannel | undefined,
  now: Instant,
  silence: number,
): Instant[] {
  if (claimedAt === undefined || (state !== 'claimed' && state !== 'accepted')) return []
  if (state === 'accepted' && delivery !== 'pending' && delivery !== 'sent') return []
  const age = between(claimedAt, now)
  if (state === 'accepted' && age > 2 * 86_400_000) return []
  const least = state === 'claimed' ? leavesWithin(silence) : silence / 20
  const over = plus(claimedAt, silence) // another channel may speak then, or the same one again
  const expiry = channel?.expiresAfter === undefined ? [] : [plus(claimedAt, channel.expiresAfter)]
  return [plus(now, Math.max(least, age / 2)), ...[over, ...expiry].filter((at) => at > now)]
}
