import { afterAll, beforeAll, expect, it } from 'vitest'
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../../src/demo/hub-client.ts'
import { playStory } from '../../src/demo/story.ts'
import { book, letIn } from './guests.ts'
import { type RunningHub, setStage, type Stage, startOn } from './stage.ts'

let stage: Stage
let hubs: readonly RunningHub[]
beforeAll(async () => {
  stage = await setStage()
  hubs = await Promise.all([startOn(stage), startOn(stage)])
})
afterAll(async () => {
  await Promise.all(hubs.map((hub) => hub.stop()))
  await stage.stop()
})

/** Looks that this process has done to the end. */
async function looksOf({ url }: RunningHub, kind = '\\w+'): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  const lines = metrics.matchAll(new RegExp(`^stayward_looks_total\\{kind="${kind}",outcome="done"\\} (\\d+)`, 'gm'))
  return Array.from(lines, ([, count]) => Number(count)).reduce((sum, count) => sum + count, 0)
}

it('share the work of one story and of five further stays, and double nothing', async () => {
  const [one, other] = hubs
  if (!one || !other) throw new Error('there are two')
  const effects: string[] = []
  // Deliveries come to one of them, and the story asks the other.
  const story = playStory({
    file: stage.file,
    vendors: stage.vendors,
    hub: one.client,
    now: Date.now,
    tell: ({ effect }) => effects.push(effect),
  })
  // The story knows its guest's PIN by then.
  await Promise.race([story, until('its guest was told', async () => (effects.includes('sms') ? true : undefined))])
  const refs = Array.from({ length: 5 }, (_, guest) => book(stage, guest, { from: 1, to: 3 + guest }))
  await Promise.all([
    story,
    ...refs.map((ref, guest) => letIn(stage, other, { guest, ref, keypads: ['street', 'loft'], messages: 1 })),
  ])
  expect(effects).toHaveLength(17)
  expect(await looksOf(one)).toBeGreaterThan(10)
  expect(await looksOf(other)).toBeGreaterThan(10)
  // One look per key at a time: no code was made twice, not even to be removed again.
  const created = stage.faults.calls.filter(({ url }) => url.includes('/create/'))
  expect(created).toHaveLength(2 * refs.length + 3)
}, 120_000)

it('use new credentials within two seconds, both of them, and never the old ones again', async () => {
  const smoobu = { ...stage.world.smoobu.account }
  const old = smoobu.apiKey
  Object.assign(stage.world.smoobu.account, { apiKey: 'fake-smoobu-key-next', apiSecret: 'fake-smoobu-secret-next' })
  await stage.house.putConnection({
    name: 'smoobu',
    adapter: 'smoobu',
    port: 'booking',
    config: { apiKey: 'fake-smoobu-key-next', apiSecret: 'fake-smoobu-secret-next' },
  })
  const changedAt = Date.now()
  await sleep(2000)
  const before = await Promise.all(hubs.map((hub) => looksOf(hub, 'fetch')))
  // Looks at many keys at once, until each of the two has had its part.
  await until('both hubs have asked Smoobu', async () => {
    const marks = Array.from({ length: 30 }, (_, index) => ({
      kind: 'fetch' as const,
      key: `${stage.connections['smoobu'] ?? ''}/${90_210_001 + index}`,
      why: 'edit' as const,
    }))
    await stage.mark(...marks)
    await sleep(300)
    const now = await Promise.all(hubs.map((hub) => looksOf(hub, 'fetch')))
    return now.every((count, index) => count > 5 + (before[index] ?? 0)) ? true : undefined
  })
  const later = stage.faults.calls.filter(({ vendor, at }) => vendor === 'smoobu' && at > changedAt + 2000)
  expect(later.length).toBeGreaterThan(10)
  expect(later.filter(({ headers }) => headers.includes(old))).toEqual([])
  expect(later.every(({ headers }) => headers.includes('fake-smoobu-key-next'))).toBe(true)
}, 60_000)
