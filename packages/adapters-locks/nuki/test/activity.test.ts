import { calm, instant } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import { asked, frontDoor, mark, open, pin, stay, written } from './words.ts'

const since = instant('2026-05-01T12:00:00Z')

/** A guest's code on the front door, and the stay begun. */
async function arrived() {
  const opened = open()
  const ref = await written(opened)
  opened.clock.advance(Date.parse(stay.from) - Date.parse(opened.clock.now()))
  return { ...opened, ref }
}

it('a door opened with our code names it, though the row has no name (trap 14)', async () => {
  const { provider, vendor, clock, ref } = await arrived()
  vendor.enter(frontDoor, pin)
  clock.advance(60_000)
  vendor.enter(frontDoor, '864297')
  vendor.enter(frontDoor, '999999')
  expect(await provider.readActivity?.(frontDoor, since, calm)).toEqual([
    { at: stay.from, vendorRef: ref, mark },
    { at: instant('2026-05-01T13:01:00Z'), vendorRef: '66b0c0ffee0000000000a001' },
  ])
})

it('a code that is gone is known by the name in the row, where there is one', async () => {
  const { provider, vendor } = await arrived()
  vendor.state.switches.namesInLog = true
  vendor.enter(frontDoor, pin)
  vendor.lock(frontDoor).codes = []
  expect(await provider.readActivity?.(frontDoor, since, calm)).toEqual([{ at: stay.from, mark }])
})

it('the number on the device names the code as well', async () => {
  const { provider, vendor, ref } = await arrived()
  vendor.enter(frontDoor, pin)
  const [row] = vendor.lock(frontDoor).log
  const code = vendor.lock(frontDoor).codes.find(({ id }) => id === ref)
  if (row) row.authId = String(code?.authId)
  expect(await provider.readActivity?.(frontDoor, since, calm)).toEqual([{ at: stay.from, vendorRef: ref, mark }])
})

it('locking, failures and what was before do not count; the app counts without a code', async () => {
  const { provider, vendor } = open()
  const row = { name: '', trigger: 5, source: 0, state: 0, date: stay.from }
  vendor.lock(frontDoor).log = [
    { ...row, id: 'r5', action: 3 },
    { ...row, id: 'r4', action: 2 },
    { ...row, id: 'r3', action: 1, state: 1 },
    { ...row, id: 'r2', action: 240 },
    { ...row, id: 'r1', action: 1, date: '2026-05-01T11:00:00.000Z' },
  ]
  expect(await provider.readActivity?.(frontDoor, since, calm)).toEqual([{ at: stay.from }])
})

describe('trap 13: pages of fifty, whatever is asked for', () => {
  const filled = (count: number) => {
    const opened = open()
    opened.vendor.lock(frontDoor).log = Array.from({ length: count }, (_, n) => ({
      id: `row-${count - n}`,
      name: '',
      action: 1,
      trigger: 5,
      source: 0,
      state: 0,
      date: new Date(Date.parse(since) + (count - n) * 1000).toISOString(),
    }))
    return opened
  }
  it.each([
    [0, 1],
    [49, 1],
    [50, 2],
    [120, 3],
  ])('%i rows are read in %i pages, each once, oldest first', async (count, pages) => {
    const opened = filled(count)
    const openings = (await opened.provider.readActivity?.(frontDoor, since, calm)) ?? []
    expect(openings).toHaveLength(count)
    expect(openings).toEqual([...openings].sort((a, b) => (a.at < b.at ? -1 : 1)))
    expect(asked(opened)).toHaveLength(pages)
  })
  it('asks with an instant, never with a Unix number', async () => {
    const opened = filled(1)
    await opened.provider.readActivity?.(frontDoor, since, calm)
    const query = new URL(opened.wire.calls[0]?.request.url ?? '').searchParams
    expect(Object.fromEntries(query)).toEqual({ limit: '50', fromDate: since })
  })
  it('a log that repeats its first page is an error, not a short list', async () => {
    const { provider, vendor } = filled(120)
    const log = vendor.lock(frontDoor).log
    for (const row of log) row.id = 'row-1'
    await expect(provider.readActivity?.(frontDoor, since, calm)).rejects.toMatchObject({ code: 'bad-response' })
  })
})
