import { between, earliest, type Instant, plus } from '../domain/instant.ts'
import type { Message } from '../domain/message.ts'
import { planGrants } from '../domain/plan-grants.ts'
import { type MessagePlan, planMessages } from '../domain/plan-messages.ts'
import { channelName } from '../domain/policy.ts'
import { AdapterError } from '../ports/adapter-error.ts'
import { uuidOf } from '../ports/entropy.ts'
import type { Alert, Effects, StayView, TimelineEntry } from '../ports/stores.ts'
import type { Look, Mark } from '../ports/work-queue.ts'
import { openChannel, type OpenedChannel } from './channels.ts'
import { deliver } from './deliver.ts'
import type { Engine } from './engine.ts'
import { catchUp } from './catch-up.ts'

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
  const ledger = view.messages.map((message) => changed.get(message.id) ?? message)
  const now = clock.now()
  const said = planMessages({
    ...view,
    plan: planGrants({ ...view, now }),
    ways: waysOf(view, channels),
    mode: view.policy.mode,
    ledger,
    tellUnprovenBefore: view.policy.tellUnprovenBefore,
    silence: engine.pace.silence,
    proofGrace: engine.pace.proofGrace,
    now,
  })
  const { create, update, raise } = messagesOf(engine, view, said, now)
  if (create.length + update.length > 0)
    await store.saveMessages(look, { bookingId: view.booking.id, create, update }, { now, raise })

  const withdrawn = new Set(update.map(({ id }) => id))
  const waiting = [...ledger.filter(({ state, id }) => state === 'planned' && !withdrawn.has(id)), ...create]
  const { sent, failure: unsent } = await deliverAll(engine, look, view, channels, waiting, ledger)
  const after = [...ledger.filter(({ id }) => !sent.some((one) => one.id === id)), ...sent]
  const toldNow = changed.size > 0 || sent.some(({ state }) => state === 'accepted')
  await closeLook(engine, look, view, { said, ledger: after, toldNow })
  const failure = unsent ?? unread
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
    try {
      sent.push(await deliver(engine, look, view, channels, message, ledger))
    } catch (error) {
      if (!AdapterError.is(error)) throw error
      failure ??= error
    }
  }
  return { sent, failure }
}

function waysOf({ policy }: StayView, channels: readonly OpenedChannel[]) {
  return policy.channels.map((channel, index) => {
    const to = channels[index]?.to
    return { channel: channelName(channel), ...(to === undefined ? {} : { to }) }
  })
}

/** The ledger's side of a plan: intents to write down, and those that are overtaken. */
function messagesOf({ entropy }: Engine, { booking }: StayView, { steps, reasons }: MessagePlan, now: Instant) {
  const create: Message[] = []
  const update: Message[] = []
  for (const step of steps) {
    if (step.do === 'withdraw') {
      update.push({ ...step.message, state: 'withdrawn', reason: step.because })
      continue
    }
    const { channel, to, kind, told, version } = step
    create.push({
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
  const unproven = reasons.find(({ code }) => code === 'told-unproven')
  const raise: Alert[] = unproven
    ? [
        {
          kind: 'message',
          subject: unprovenSubject(booking.id),
          text: unproven.text,
          remedy: unproven.remedy,
          loud: 'page',
        },
      ]
    : []
  return { create, update, raise }
}

const unprovenSubject = (bookingId: string) => `booking:${bookingId}:unproven`

interface Ended {
  readonly said: MessagePlan
  readonly ledger: readonly Message[]
  readonly toldNow: boolean
}

/** Says why nothing was said, asks for the next look, and tells the booking that its guest now knows. */
async function closeLook(
  { store, clock, pace }: Engine,
  look: Look,
  { booking }: StayView,
  { said, ledger, toldNow }: Ended,
): Promise<void> {
  const now = clock.now()
  const timeline: TimelineEntry[] = said.reasons.map(({ code, text, remedy }) => ({
    bookingId: booking.id,
    kind: code,
    text,
    remedy,
  }))
  const waits = ledger.flatMap((message) => nextLookAt(message, now, pace.silence))
  const times = [...waits, ...(said.next === undefined ? [] : [said.next])]
  const [first, ...rest] = times
  const marks: Mark[] = toldNow ? [{ kind: 'booking', key: booking.id, why: 'step' }] : []
  const proven = !said.reasons.some(({ code }) => code === 'told-unproven')
  const settle = proven ? [{ kind: 'message' as const, subject: unprovenSubject(booking.id) }] : []
  const effects: Effects = {
    now,
    timeline,
    settle,
    marks,
    timers: [{ kind: 'messages', key: booking.id, at: first === undefined ? null : earliest(first, ...rest) }],
  }
  await store.saveMessages(look, { bookingId: booking.id }, effects)
}

/** When an open message is worth asking about again: quickly at first, then ever more slowly, for two days. */
function nextLookAt({ state, delivery, claimedAt }: Message, now: Instant, silence: number): Instant[] {
  if (claimedAt === undefined || (state !== 'claimed' && state !== 'accepted')) return []
  if (state === 'accepted' && delivery !== 'pending' && delivery !== 'sent') return []
  const age = between(claimedAt, now)
  if (state === 'accepted' && age > 2 * 86_400_000) return []
  const least = state === 'claimed' ? silence / 40 : silence / 20
  return [plus(now, Math.max(least, age / 2))]
}
