import { type LostTime, mayHaveBeenToldOtherwise, mayHaveBeenWithdrawn } from '../domain/lost-time.ts'
import type { Message } from '../domain/message.ts'
import { type GrantPlan, isWitnessed } from '../domain/plan-grants.ts'
import { type MessagePlan, toldOf } from '../domain/plan-messages.ts'
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

/** Nobody can say whether a text of the forgotten time told the guest something that is not so, or no longer. */
export function forgottenAlert(
  view: StayView,
  plan: GrantPlan,
  ledger: readonly Message[],
  lost: LostTime | undefined,
): Alert[] {
  const { booking, codes } = view
  if (lost === undefined) return []
  const alert = { kind: 'message', subject: forgottenSubject(booking.id), loud: 'page' } as const
  if (mayHaveBeenWithdrawn({ codes, ledger }, lost))
    return [
      {
        ...alert,
        text: 'The code of a stay was taken away in the time that the database has forgotten, and was put back. The guest may have been told that it is withdrawn.',
        remedy: 'Tell the guest that the code holds as it was told first.',
      },
    ]
  const told = toldOf({ ...view, plan })
  if (told && mayHaveBeenToldOtherwise({ told, ledger, changedAt: booking.changedAt }, lost))
    return [
      {
        ...alert,
        text: 'A booking was changed in the time that the database has forgotten, and is as its guest was told before. The guest may have been told something else in between.',
        remedy: 'Tell the guest that it is as they were told first.',
      },
    ]
  return []
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
  const forgotten = forgottenSubject(booking.id)
  if (!raised.some(({ subject }) => subject === forgotten)) ended.push(forgotten)
  if ((plan.status === 'ended' && plan.cause === 'over') || isWitnessed(plan))
    ended.push(...policy.channels.map((channel) => `booking:${booking.id}:${channelName(channel)}`))
  return ended.map((subject) => ({ kind: 'message', subject }))
}

const unprovenSubject = (bookingId: string) => `booking:${bookingId}:unproven`
const forgottenSubject = (bookingId: string) => `booking:${bookingId}:forgotten`
const elsewhereSubject = (bookingId: string) => `booking:${bookingId}:address`
