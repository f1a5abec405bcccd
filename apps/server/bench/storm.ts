import { setTimeout as pause } from 'node:timers/promises'
import { smoobuVendor } from '@stayward/booking-smoobu/testing'
import { type Report, tell } from './report.ts'
import { onStage, smoobuConnections, startGenerator } from './stage.ts'
import { answer } from './vendors.ts'

const webhooks = 10_000
/** Each connection sends one webhook per second, so this many seconds pass between its first and its last. */
const each = 4

/** Ten thousand webhooks about one booking within five seconds, all different, and how often the hub asks the vendor for it. */
export async function stormReads(): Promise<Report['figures']> {
  return await onStage({ connections: smoobuConnections, tenants: 1 }, async (stage) => {
    const generator = await startGenerator(stage)
    const vendor = smoobuVendor()
    const reads: number[] = []
    const fake = await answer(vendor, ({ operation, at }) => {
      if (operation === vendor.knownBooking) reads.push(at)
    })
    const hub = await stage.startHub({ origins: [['https://login.smoobu.com', fake.url]] })
    try {
      const rate = webhooks / each
      const paths = stage.house.tenants.map(({ path }) => path)
      const about = Number(vendor.knownBooking)
      const begun = performance.now()
      const result = await generator.send({
        url: hub.ready.url,
        paths,
        connections: rate,
        rate,
        seconds: 5,
        about,
        each,
      })
      const took = result.lasted / 1000
      await pause(Math.max(0, begun + 13_000 - performance.now())) // longer than any further look would wait
      tell(`storm: ${result.sent} webhooks in ${took.toFixed(1)} s, ${reads.length} reads at the vendor`)
      return [
        { name: 'webhooks in the storm', unit: '', value: result.sent },
        { name: 'length of the storm', unit: 's', value: took, aim: { atMost: 5 } },
        { name: 'reads in the storm', unit: '', value: reads.length, aim: { atMost: 2 } },
      ]
    } finally {
      await fake.stop()
    }
  })
}
