import { calm, instant } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import { record } from '../src/testing/2n-door.ts'
import { asked, device, guestCode, moveTo, open, pin, stay, written } from './words.ts'

const since = instant('2026-05-01T12:00:00Z')

/** A guest's code on the device, and the stay begun. */
async function arrived(config = open().vendor.config) {
  const opened = open({ config })
  const ref = await written(opened)
  moveTo(opened, stay.from)
  return { ...opened, ref }
}

it('a door opened with our code names it', async () => {
  const { provider, vendor, clock, ref } = await arrived()
  vendor.enter(pin)
  clock.advance(60_000)
  vendor.enter('86429750')
  vendor.enter('111111')
  expect(await provider.readActivity?.(device, since, calm)).toEqual([
    { at: stay.from, vendorRef: ref },
    { at: instant('2026-05-01T13:01:00Z'), vendorRef: '0A0A0A0A-0000-4000-8000-000000000001' },
  ])
})

it('whoever was turned away has opened nothing', async () => {
  const opened = open()
  await written(opened)
  opened.vendor.enter(pin)
  expect(await opened.provider.readActivity?.(device, instant('2026-05-01T07:00:00Z'), calm)).toEqual([])
})

it('a switch code that opens directly is an opening, once', async () => {
  const { provider, vendor, ref } = await arrived({ ...open().vendor.config, opensBy: 'switch-code' })
  vendor.enter(pin)
  expect(await provider.readActivity?.(device, since, calm)).toEqual([{ at: stay.from, vendorRef: ref }])
})

it('what was before is left out', async () => {
  const { provider, vendor } = await arrived()
  vendor.enter(pin)
  expect(await provider.readActivity?.(device, instant('2026-05-01T13:00:01Z'), calm)).toEqual([])
})

it('a clock that is wrong is allowed for', async () => {
  const { provider, vendor, ref } = await arrived()
  vendor.state.clockOffset = 20 * 60_000
  vendor.enter(pin)
  expect(await provider.readActivity?.(device, since, calm)).toEqual([{ at: stay.from, vendorRef: ref }])
})

describe('trap 13: channels die, and history with the power', () => {
  it('each reading has a channel of its own and gives it back', async () => {
    const opened = await arrived()
    opened.vendor.enter(pin)
    for (let n = 0; n < 3; n += 1) {
      expect(await opened.provider.readActivity?.(device, since, calm)).toHaveLength(1)
      opened.clock.advance(3_600_000)
    }
    expect(opened.vendor.state.channels).toEqual({})
  })
  it('a channel that is gone is a failure, and the next reading is whole', async () => {
    const { provider, vendor } = await arrived()
    vendor.enter(pin)
    vendor.answerNext({ where: 'log/pull', error: 12 })
    await expect(provider.readActivity?.(device, since, calm)).rejects.toMatchObject({ code: 'refused' })
    expect(await provider.readActivity?.(device, since, calm)).toHaveLength(1)
  })
  it('after a restart there is nothing to read, and nothing wrong', async () => {
    const { provider, vendor } = await arrived()
    vendor.enter(pin)
    vendor.restart()
    expect(await provider.readActivity?.(device, since, calm)).toEqual([])
  })
  it.each([
    [0, 1],
    [127, 1],
    [128, 2],
    [300, 3],
  ])('%i events come in %i parts, each once', async (count, parts) => {
    const opened = await arrived()
    for (let n = 0; n < count; n += 1)
      record(opened.vendor.state, Date.parse(stay.from), 'UserAuthenticated', { session: n, uuid: 'X' })
    const before = asked(opened).length
    expect(await opened.provider.readActivity?.(device, since, calm)).toHaveLength(count)
    const pulls = opened.wire.calls
      .slice(before)
      .filter(({ request, outcome }) => request.url.includes('log/pull') && outcome === 200)
    expect(pulls).toHaveLength(parts)
  })
  it('a log without end is an error, not a short list', async () => {
    const { provider, vendor } = await arrived()
    const events = Array.from({ length: 128 }, (_, id) => ({ id, utcTime: 1777640400, event: 'UserAuthenticated' }))
    for (let n = 0; n < 101; n += 1)
      vendor.answerNext({ where: 'log/pull', body: JSON.stringify({ success: true, result: { events } }) })
    await expect(provider.readActivity?.(device, since, calm)).rejects.toMatchObject({ code: 'bad-response' })
  })
})

it('trap 14: a log that may not be read is a refusal that names the privilege', async () => {
  const { provider, vendor } = await arrived()
  const [account] = vendor.state.accounts
  if (account) account.privileges = account.privileges.filter((one) => one !== 'log')
  await expect(provider.readActivity?.(device, since, calm)).rejects.toMatchObject({
    code: 'auth',
    remedy: expect.stringContaining('Logging'),
  })
})

it('no PIN that somebody typed leaves the adapter', async () => {
  const { provider, vendor } = await arrived()
  vendor.enter(guestCode().pin)
  vendor.enter('99887766')
  expect(JSON.stringify(await provider.readActivity?.(device, since, calm))).not.toMatch(/4827361504|99887766/)
})
