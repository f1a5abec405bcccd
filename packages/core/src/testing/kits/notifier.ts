import { describe } from 'vitest'
import { describeIntroduction } from './common-manifest.ts'
import { describeWebhook, type Happening } from './common-webhook.ts'
import { notifierFaults } from './notifier-faults.ts'
import { notifierListens } from './notifier-listens.ts'
import { notifierReports, sendAndWait } from './notifier-reports.ts'
import { messageTo, notifierSends } from './notifier-sends.ts'
import type { NotifierVendor, Subject } from './subject.ts'

const delivered: Happening<'notifier', NotifierVendor> = {
  name: 'a message is delivered',
  happen: async (opened) => {
    const { vendor, clock } = opened
    const { key } = await sendAndWait(opened, messageTo(vendor))
    vendor.setDelivery(vendor.goodAddress, 'delivered')
    clock.advance(3_600_000)
    return { kind: 'message', key }
  },
}

/** The contract of `Notifier`. */
export function describeNotifier<Config>(subject: Subject<'notifier', NotifierVendor, Config>): void {
  describe(`${subject.adapter.displayName} as a notifier`, () => {
    describeIntroduction(subject, 'notifier')
    notifierSends(subject)
    notifierReports(subject)
    notifierListens(subject)
    describeWebhook(subject, subject.adapter.capabilities.reportsDelivery ? [delivered] : [])
    notifierFaults(subject)
  })
}
