import { plus } from '../../domain/instant.ts'
import { describeFaults, type Operation } from './common-faults.ts'
import { sendAndWait } from './notifier-reports.ts'
import { messageTo } from './notifier-sends.ts'
import { calm } from '../calls.ts'
import type { NotifierVendor, Subject } from './subject.ts'

export function notifierFaults<Config>(subject: Subject<'notifier', NotifierVendor, Config>): void {
  const { looksUp, readsReplies } = subject.adapter.capabilities
  const operations: Operation<'notifier', NotifierVendor>[] = [
    {
      name: 'readAccount',
      effect: 'read',
      prepare: async () => (provider, call) => provider.readAccount(call),
    },
    {
      name: 'send',
      effect: 'write',
      prepare: async ({ provider, vendor }) => {
        await provider.readAccount(calm)
        const message = messageTo(vendor)
        return (other, call) => other.send(message, call)
      },
      effects: async ({ vendor }) => vendor.received(vendor.goodAddress).length,
    },
  ]
  if (looksUp)
    operations.push({
      name: 'lookUp',
      effect: 'read',
      prepare: async (opened) => {
        const sent = await sendAndWait(opened, messageTo(opened.vendor))
        return async (provider, call) => await provider.lookUp?.(sent, call)
      },
    })
  if (readsReplies)
    operations.push({
      name: 'readReplies',
      effect: 'read',
      prepare: async (opened) => {
        const { vendor, clock } = opened
        const since = plus(clock.now(), -3_600_000)
        await sendAndWait(opened, messageTo(vendor))
        vendor.reply(vendor.goodAddress, 'Thank you!')
        return async (provider, call) => await provider.readReplies?.({ from: vendor.goodAddress, since }, call)
      },
    })
  describeFaults(subject, operations, ['0472', 'Street door'])
}
