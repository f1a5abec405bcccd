import { type LostTime, mayHaveBeenWithdrawn } from '../domain/lost-time.ts'
import type { Message } from '../domain/message.ts'
import { type GrantPlan, isWitnessed } from '../domain/plan-grants.ts'
import type { MessagePlan } from '../domain/plan-messages.ts'
import { channelName } from '../domain/policy.ts'
import type { Alert, StayView } from '../ports/stores.ts'
import type { OpenedChannel } from './channels.ts'

/** Told although a door is not proven: the arrival is near. */
export function unprovenAlert({ booking }: StayView, { steps, reasons }: MessagePlan): Alert[] {
  const unproven = reasons.find(({ code }) => code === 'told-unproven')
  if (!unproven || !steps.some((step) => step.do === 'tell' && step.unproven)) return []
  const { text, remedy } = unproven
  return [{ kind: 'message', subject: unprovenSubject(booking.id), text, remedy, loud: 'page' }]
}

/** Somebody else may know the code: it went to an address that the booking has no longer. */
export function elsewhereAlert(
  { booking }: StayView,
  elsewhere: readonly string[],
  channels: readonly OpenedChannel[],
): Alert[] {
  const [first] = elsewhere
  if (first === undefined) return []
  const title = channels.find(({ name }) => name === first)?.title ?? 'A channel'
  return [
    {
      kind: 'message',
      subject: elsewhereSubject(booking.id),
      text: `${title} told the door code to an address that the booking no longer has. The guest is told at the new one.`,
      remedy: 'If the old address is a stranger’s, that person knows the code: be ready to end it.',
      loud: 'page',
    },
  ]
}

/** Nobody can say whether a text of the forgotten time told the guest that the stay is off. */
export function withdrawnAlert(
  { booking, codes }: StayView,
  ledger: readonly Message[],
  lost: LostTime | undefined,
): Alert[] {
  if (lost === undefined || !mayHaveBeenWithdrawn({ codes, ledger }, lost)) return []
  return [
    {
      kind: 'message',
      subject: withdrawnSubject(booking.id),
      text: 'The code of a stay was taken away in the time that the database has forgotten, and was put back. The guest may have been told that it is withdrawn.',
      remedy: 'Tell the guest that the code holds as it was told first.',
      loud: 'page',
    },
  ]
}

/** What the messages of a booking may have raised and is over now. */
export function endedAlerts(
  { booking, policy }: StayView,
  plan: GrantPlan,
  { reasons }: MessagePlan,
  raised: readonly Alert[],
): Pick<Alert, 'kind' | 'subject'>[] {
  const ended = reasons.some(({ code }) => code === 'told-unproven') ? [] : [unprovenSubject(booking.id)]
  if (plan.status === 'ended' || isWitnessed(plan)) ended.push(elsewhereSubject(booking.id))
  const withdrawn = withdrawnSubject(booking.id)
  if (!raised.some(({ subject }) => subject === withdrawn)) ended.push(withdrawn)
  if ((plan.status === 'ended' && plan.cause === 'over') || isWitnessed(plan))
    ended.push(...policy.channels.map((channel) => `booking:${booking.id}:${channelName(channel)}`))
  return ended.map((subject) => ({ kind: 'message', subject }))
}

const unprovenSubject = (bookingId: string) => `booking:${bookingId}:unproven`
const withdrawnSubject = (bookingId: string) => `booking:${bookingId}:withdrawn`
const elsewhereSubject = (bookingId: string) => `booking:${bookingId}:address`
