import { afterAll, beforeAll, expect, it } from 'vitest'
import { dayFromNow, demoUnits } from '../../src/demo/fresh-world.ts'
import { until } from '../../src/demo/hub-client.ts'
import { book, letIn, letOut, pinsOn, toldPin } from './guests.ts'
import { type RunningHub, setStage, type Stage, startOn } from './stage.ts'

let stage: Stage
let hub: RunningHub
beforeAll(async () => {
  stage = await setStage()
  stage.world.smoobu.switches.webhooks.lost = Number.MAX_SAFE_INTEGER
  stage.world.smsFactor.behaviour.webhookMishap = 'missing'
  hub = await startOn(stage)
  await until('the hub has read Smoobu for the first time', () => hub.client.hasRead('smoobu'))
})
afterAll(async () => {
  await hub.stop()
  await stage.stop()
})

/** What its timer does every few minutes. */
const poll = () => stage.mark({ kind: 'connection', key: stage.connections['smoobu'] ?? '', why: 'nudge' })

it('finds all that webhooks should have told: booking, change, move and cancellation', async () => {
  const ref = book(stage, 1)
  await poll()
  await letIn(stage, hub, { guest: 1, ref, keypads: ['street', 'loft'], messages: 1 })
  const pin = toldPin(stage, 1) ?? ''

  stage.vendors.smoobu.changeDates(ref, { departure: dayFromNow(Date.now(), 6) })
  await poll()
  await letIn(stage, hub, { guest: 1, ref, keypads: ['street', 'loft'], messages: 2 })
  stage.vendors.smoobu.move(ref, demoUnits.studio)
  await poll()
  await letIn(stage, hub, { guest: 1, ref, keypads: ['street', 'studio'], messages: 3 })
  expect(toldPin(stage, 1)).toBe(pin)
  stage.vendors.smoobu.cancel(ref)
  await poll()
  const seen = await letOut(stage, hub, { guest: 1, ref, pin, messages: 4 })

  expect(seen.timeline.map(({ text }) => text).join('\n')).toMatch(/cancelled/)
  // That the text arrived was found by asking as well.
  const delivered = seen.messages.filter(({ channel, delivery }) => channel === 'sms' && delivery === 'delivered')
  expect(delivered.length).toBeGreaterThan(0)
  expect((await hub.api('/webhooks')).body).toEqual({ items: [] })
}, 60_000)

it('keeps the codes of a booking that is gone while the account is another one, and says so to a person', async () => {
  const ref = book(stage, 2, { from: 2, to: 5 })
  await poll()
  await letIn(stage, hub, { guest: 2, ref, keypads: ['street', 'loft'], messages: 1 })
  const pin = toldPin(stage, 2) ?? ''
  // Lists and numbers answer as if there had never been anything, as with the key of another account.
  stage.world.smoobu.reservations.length = 0
  Object.assign(stage.world.smoobu.account, { id: 4712 })
  await stage.mark({ kind: 'fetch', key: `${stage.connections['smoobu'] ?? ''}/${ref}`, why: 'nudge' })
  const doubt = await until('the doubt is said', async () => {
    const seen = await hub.client.booking(ref)
    return seen?.timeline.find(({ kind }) => kind === 'source-doubt')
  })
  expect(doubt.text).toMatch(/does not prove that it is gone/)
  const { items } = (await hub.api('/alerts')).body as { items: { kind: string; loud: string }[] } // as its schema says
  expect(items).toContainEqual(expect.objectContaining({ kind: 'booking', loud: 'page' }))
  expect(pinsOn(stage, 'loft')).toContain(pin)
}, 60_000)
