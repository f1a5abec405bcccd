import { wishesOf } from '../domain/code.ts'
import { isFused, lastTold } from '../domain/message-ledger.ts'
import type { Message } from '../domain/message.ts'
import { AdapterError } from '../ports/adapter-error.ts'
import type { SendReceipt, SendRefusal } from '../ports/notifier.ts'
import type { Effects, StayView } from '../ports/stores.ts'
import type { Look } from '../ports/work-queue.ts'
import type { OpenedChannel } from './channels.ts'
import type { Engine } from './engine.ts'
import { connectionAlert, needsPerson, troubleLines } from './trouble.ts'
import { wordsFor } from './words-for.ts'

/**
 * Sends one planned message: written down as claimed, with its words, before it leaves (rule 4). Returns it as it stands
 * afterwards. Throws when the channel is out of reach and nothing was sent; the message is planned again by then.
 */
export async function deliver(
  engine: Engine,
  look: Look,
  view: StayView,
  channels: readonly OpenedChannel[],
  message: Message,
  ledger: readonly Message[],
): Promise<Message> {
  const { store, clock } = engine
  const { booking } = view
  const channel = channels.find(({ name }) => name === message.channel)
  const now = clock.now()
  const save = async (after: Message, effects: Omit<Effects, 'now'>): Promise<Message> => {
    await store.saveMessages(look, { bookingId: booking.id, update: [after] }, { now: clock.now(), ...effects })
    return after
  }
  if (!channel) return await save({ ...message, state: 'withdrawn', reason: 'The channel is no longer used.' }, {})
  if (isFused(ledger, message.to, now)) return await stopAtFuse(message, channel, save)

  const { subject, text, language, values } = wordsFor(engine, view, message, channel.form)
  if (channel.broken) throw channel.broken
  const claimed: Message = { ...message, state: 'claimed', claimedAt: now, text, subject }
  const wishes = wishesOf(view.codes)
  if (!(await store.claimMessage(look, { message, bookingVersion: booking.version, wishes, text, subject, now })))
    return { ...message, state: 'withdrawn', reason: 'The booking or its codes changed before the message left.' }
  try {
    const before = message.kind === 'door-code' ? undefined : lastTold(ledger, channel.name, message.to)?.vendorRef
    const receipt = await channel.send(
      {
        key: message.id,
        to: message.to,
        subject,
        text,
        ...(values === undefined ? {} : { content: { kind: message.kind, language, values } }),
        ...(before === undefined ? {} : { replyTo: before }),
      },
      look,
    )
    return await save(...afterReceipt(claimed, receipt, channel))
  } catch (error) {
    if (!AdapterError.is(error)) throw error
    if (error.code === 'outcome-unknown') {
      const text = `${channel.title} did not say whether the message went out. The hub looks it up before it does anything else.`
      return await save(claimed, { timeline: [{ bookingId: booking.id, kind: 'send-unknown', text, cause: 'vendor' }] })
    }
    const { claimedAt: _claimed, ...back } = claimed
    await save(
      { ...back, state: 'planned' },
      {
        timeline: troubleLines([booking.id], error),
        raise: needsPerson(error.code) ? [connectionAlert(channel.connectionId, error)] : [],
      },
    )
    throw error
  }
}

const titles = { 'door-code': 'The door code', change: 'The change', withdrawal: 'The withdrawal of the code' }

function afterReceipt(message: Message, receipt: SendReceipt, channel: OpenedChannel): [Message, Omit<Effects, 'now'>] {
  const { bookingId } = message
  if (receipt.status === 'accepted') {
    const delivery = channel.reports ? { delivery: 'pending' as const } : {}
    const after: Message = {
      ...message,
      state: 'accepted',
      ...delivery,
      ...(receipt.vendorRef === undefined ? {} : { vendorRef: receipt.vendorRef }),
    }
    const wording = receipt.wording === undefined ? '' : `, ${receipt.wording}`
    const held = receipt.held ? ' The vendor holds it for a check of its own; it is not sent again.' : ''
    return [
      after,
      {
        timeline: [
          {
            bookingId,
            kind: `told-${message.kind}`,
            text: `${titles[message.kind]} was told by ${channel.title}${wording}.${held}`,
          },
        ],
        settle: [
          { kind: 'message', subject: `booking:${bookingId}:${channel.name}` },
          { kind: 'connection', subject: `connection:${channel.connectionId}` },
        ],
        // The booking may be waiting for its guest to know (make before break).
        marks: [{ kind: 'booking', key: bookingId, why: 'step' }],
      },
    ]
  }
  const { text, remedy } = refusals[receipt.reason]
  const line = `${channel.title} did not take the message: ${text}.`
  return [
    { ...message, state: 'refused', reason: text },
    {
      timeline: [{ bookingId, kind: 'not-told', text: line, remedy, cause: 'vendor' }],
      raise: [{ kind: 'message', subject: `booking:${bookingId}:${channel.name}`, text: line, remedy, loud: 'page' }],
    },
  ]
}

const refusals: Record<SendRefusal, { readonly text: string; readonly remedy: string }> = {
  'bad-address': {
    text: 'the address does not work',
    remedy: 'Correct it in the booking system, or tell the guest yourself.',
  },
  'opted-out': { text: 'the guest has asked for no more messages there', remedy: 'Tell the guest in another way.' },
  'not-allowed': {
    text: 'the account may not send to this country or number',
    remedy: "Allow it in the vendor's account, or tell the guest in another way.",
  },
  'no-credit': {
    text: 'the account has no credit left',
    remedy: "Top up the vendor's account, then: stayward message retry",
  },
  'too-often': { text: 'too many messages to this number', remedy: 'Tell the guest in another way.' },
  'bad-sender': { text: 'the sender name is not accepted', remedy: 'Change or remove the sender in the connection.' },
  'bad-content': { text: 'the text is not accepted', remedy: 'Look at the template of this message.' },
  'outside-window': {
    text: 'the guest has not written there lately, and no template for this message is set up',
    remedy: 'Enter the name of an approved template in the connection, or tell the guest in another way.',
  },
}

function stopAtFuse(
  message: Message,
  channel: OpenedChannel,
  save: (after: Message, effects: Omit<Effects, 'now'>) => Promise<Message>,
): Promise<Message> {
  const { bookingId } = message
  const text = `Six messages a day to one guest are enough: this one was not sent by ${channel.title}.`
  const remedy = 'Something changes this booking again and again. Look at its timeline, and tell the guest yourself.'
  return save(
    { ...message, state: 'refused', reason: text },
    {
      timeline: [{ bookingId, kind: 'fuse', text, remedy }],
      raise: [{ kind: 'message', subject: `booking:${bookingId}:${channel.name}`, text, remedy, loud: 'page' }],
    },
  )
}
