import { expect, it } from 'vitest'
import { openAlerts, pinIn, pinsOn, textsOn, timeline } from './truth.ts'
import { hours, makeWorld, minutes, type World } from './world.ts'

/** Somebody gives every code at the loft another PIN, in the vendor's app. */
function tamper({ lock }: World, pin: string): void {
  const device = lock.state.devices['loft-lock']
  if (!device) throw new Error('no such lock')
  for (const codes of [device.cloud, device.list.codes, device.held.codes])
    for (const [ref, code] of Object.entries(codes)) codes[ref] = { ...code, pin }
}

it('a code that is changed again each time is left to a person, who is called', async () => {
  const world = await makeWorld()
  const ref = world.source.add({ arrival: '2026-07-01', departure: '2026-07-05' })
  await world.advance(minutes(5))
  const pin = pinIn(textsOn(world))
  const device = world.devices.loft
  let rights = 0
  for (let times = 0; times < 12; times += 1) {
    tamper(world, '735190')
    await world.advance(minutes(45))
    if (pinsOn(world, 'loft-lock')[0] === pin) rights += 1
  }
  expect(rights).toBe(5)
  expect(pinsOn(world, 'loft-lock')).toEqual(['735190'])
  expect(openAlerts(world)).toContain('drift')
  expect(timeline(world, ref)).toContain('code-contested')

  world.hub.mark('device', device) // a person has found out who it was
  await world.advance(minutes(10))
  expect(pinsOn(world, 'loft-lock')).toEqual([pin])
  expect(openAlerts(world)).not.toContain('drift')
  tamper(world, '735190')
  await world.advance(hours(1))
  expect(pinsOn(world, 'loft-lock')).toEqual([pin])
})
