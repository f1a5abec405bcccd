import { describe, expect, it } from 'vitest'
import type { Fault } from '../../src/testing/index.ts'
import { expectTold, heardOn, play } from './plot.ts'
import { openAlerts } from './truth.ts'
import { makeWorld, minutes, type World } from './world.ts'

const faults: readonly Fault[] = [
  'unauthorized',
  'forbidden',
  'wait-seconds',
  'wait-none',
  'error-before',
  'error-after',
  'timeout-before',
  'timeout-after',
  'html',
  'cut',
  'dns',
]

/** The calls of the story, as the memory vendors name them on their wires. */
const calls: readonly (readonly [keyof World['wire'], string])[] = [
  ['source', 'booking'],
  ['source', 'message'],
  ['lock', 'codes'],
  ['lock', 'state'],
  ['lock', 'put'],
  ['lock', 'remove'],
  ['sms', 'send'],
  ['sms', 'report'],
  ['sms', 'replies'],
]

/** Where a person reads that something did not go as it should. */
function isSaid({ store }: World): boolean {
  const { timeline, fetches, alerts } = store.state
  return (
    timeline.some(({ kind }) => kind.startsWith('trouble-') || kind === 'send-unknown' || kind === 'code-lost') ||
    [...fetches.values()].some(({ outcome }) => outcome === 'failed') ||
    alerts.some(({ kind }) => kind === 'connection')
  )
}

describe.each(calls)('a stay while %s cannot do "%s"', (side, operation) => {
  it.each(faults)('(%s) ends as it should once that is over', async (fault) => {
    const world = await makeWorld({ seed: 5 })
    let met = 0
    let said = false
    const played = await play(world, {
      during: async () => {
        const { wire } = world
        const before = wire[side].calls.length
        wire[side].failAll(fault, ({ url }) => url.endsWith(`/${operation}`))
        await world.advance(minutes(3))
        met += wire[side].calls.slice(before).filter(({ outcome }) => outcome === fault).length
        said ||= isSaid(world)
        wire[side].heal()
      },
    })
    expect(met).toBeGreaterThan(0)
    expect(said).toBe(true)
    expectTold(world, played)
    expect(openAlerts(world).filter((kind) => kind !== 'message')).toEqual([])
  })
})

describe('a stay known only from polls while its source cannot list', () => {
  it.each(faults)('(%s) ends as it should once that is over', async (fault) => {
    const world = await makeWorld({ seed: 6 })
    world.listening = false
    world.poll()
    const { wire } = world
    let said = 0
    const played = await play(world, {
      during: async () => {
        wire.source.failAll(fault, ({ url }) => url.endsWith('/bookings'))
        await world.advance(minutes(12))
        said += world.hub.failures.length
        wire.source.heal()
        await world.advance(minutes(30))
      },
    })
    expect(said).toBeGreaterThan(0)
    expectTold(world, played)
    expect(openAlerts(world).filter((kind) => kind !== 'message')).toEqual([])
  })
})

describe('a message to the inbox whose end is not known while the inbox cannot be read', () => {
  it.each(faults)('(%s) is found there once that is over, and not repeated', async (fault) => {
    const world = await makeWorld({ seed: 7 })
    const { source } = world.wire
    const played = await play(world, {
      during: async () => {
        source.failNext('timeout-after', ({ url }) => url.endsWith('/message'))
        source.failAll(fault, ({ url }) => url.endsWith('/messages'))
        await world.advance(minutes(3))
        source.heal()
      },
    })
    expect(source.calls.filter(({ outcome }) => outcome === fault).length).toBeGreaterThan(0)
    expect(heardOn(world, played.ref)).toEqual({ sms: played.told, inbox: played.told })
  })
})
