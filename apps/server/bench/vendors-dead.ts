import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { smoobuVendor } from '@stayward/booking-smoobu/testing'
import pg from 'pg'
import { measure } from './measure.ts'
import { type Report, tell } from './report.ts'
import { connections, onStage, smoobuConnections, type Stage, startGenerator } from './stage.ts'
import { answer } from './vendors.ts'

export interface DeadOptions {
  readonly seconds: number
  /** Webhooks per second. */
  readonly rate: number
}

/** Few enough that their vendors' rates, not this machine, limit how many looks run beside the intake. */
const tenants = 10
const smoobu = 'https://login.smoobu.com'

/**
 * How long an acknowledgement takes when the whole hub runs, looks included, and every vendor is dead, against the same with
 * vendors that answer. Each round starts with a fresh process and nothing waiting.
 */
export async function vendorsDead({ seconds, rate }: DeadOptions): Promise<Report['outcomes'][number]> {
  return await onStage({ connections: smoobuConnections, tenants }, async (stage) => {
    const generator = await startGenerator(stage)
    const alive = await answer(smoobuVendor(), () => undefined)
    const dead = await deadServer()
    const paths = stage.house.tenants.map(({ path }) => path)
    const p99 = (vendor: string) => async () => {
      await forgetWork(stage)
      const hub = await stage.startHub({ origins: [[smoobu, vendor]] })
      const load = { url: hub.ready.url, paths, connections, rate }
      await generator.send({ ...load, seconds: 2 }) // gets warm, and fills the hub with looks
      const result = await generator.send({ ...load, seconds })
      await hub.kill()
      return result.p99
    }
    try {
      const outcome = await measure({ name: 'vendorsDead', yardstick: p99(alive.url), candidate: p99(dead.url) }, tell)
      return { outcome, unit: 'ms (p99 at half load)', aim: { atMost: 1.05 } }
    } finally {
      await alive.stop()
      dead.stop()
    }
  })
}

async function forgetWork({ database }: Stage): Promise<void> {
  const owner = new pg.Client(database.ownerUrl)
  await owner.connect()
  await owner.query('truncate work, webhook_delivery, fetch_outcome')
  await owner.end()
}

/** Of two connections it hangs up on one at once, and never says a word on the other. */
async function deadServer(): Promise<{ readonly url: string; stop(): void }> {
  const silent = new Set<{ destroy(): void }>()
  let count = 0
  const server = createServer((socket) => {
    socket.on('error', () => undefined) // the hub gives up waiting
    count++
    if (count % 2 === 0) socket.destroy()
    else {
      silent.add(socket)
      socket.resume().once('close', () => silent.delete(socket))
    }
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address() as AddressInfo // listening on TCP, so it is an address
  const stop = () => {
    for (const socket of silent) socket.destroy()
    server.close()
  }
  return { url: `http://127.0.0.1:${port}`, stop }
}
