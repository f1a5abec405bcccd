import { AdapterError } from '../ports/adapter-error.ts'
import { uuidOf } from '../ports/entropy.ts'
import type { Notifier, OutgoingMessage } from '../ports/notifier.ts'
import type { Look } from '../ports/work-queue.ts'
import type { Engine } from './engine.ts'

/** Tells the operator's alarm address what is open and loud, in one message, each alert once. */
export async function alarmOperator({ store, providers, clock, entropy }: Engine, look: Look): Promise<void> {
  const { alerts, address } = await store.unsentAlarms()
  if (alerts.length === 0 || !address) return
  const { provider } = await providers.notifier(address.connectionId)
  const shown = alerts.slice(0, 3).map((alert) => `${alert.text} ${alert.remedy}`)
  const more = alerts.length > shown.length ? [`And ${alerts.length - shown.length} more: stayward doctor`] : []
  const key = uuidOf(entropy).replaceAll('-', '')
  const text = ['Stayward:', ...shown, ...more].join('\n')
  await send(
    provider,
    {
      key,
      to: address.to,
      subject: 'Stayward: a door needs you',
      text,
      content: { kind: 'alarm', language: 'en', values: { text } },
    },
    look,
  )
  await store.saveAlarms(
    look,
    alerts.map(({ id }) => id),
    { now: clock.now() },
  )
}

/** Rather repeated than lost, so it is written down after the send; but a send that may have worked counts as one. */
async function send(notifier: Notifier, message: OutgoingMessage, look: Look): Promise<void> {
  try {
    const receipt = await notifier.send(message, look)
    if (receipt.status === 'refused')
      throw new AdapterError('refused', `The alarm to the operator was refused (${receipt.reason}).`, {
        remedy: 'Set an alarm address that works: stayward tenant set <tenant> --alarm <connection>:<address>',
      })
  } catch (error) {
    if (!AdapterError.is(error) || error.code !== 'outcome-unknown') throw error
  }
}
