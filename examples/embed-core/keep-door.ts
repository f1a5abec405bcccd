// Keeps a Nuki door in line with bookings that this program has already. Run it every minute: node keep-door.ts
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import * as core from '@stayward/core'
import nuki from '@stayward/lock-nuki'

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) // yours checks what it reads
const bookings: { id: string; from: core.Instant; until: core.Instant }[] = read('bookings.json')
const kept: core.Code[] = existsSync('codes.json') ? read('codes.json') : []
const codes = new Map(kept.map((code) => [code.id, code]))
const device = { id: 'flat', connectionId: 'nuki', vendorId: process.env['NUKI_LOCK'] ?? '', name: 'Flat' }
const { systemClock: clock, systemEntropy: entropy } = core

// Our own small store: a file that knows a code before the lock does. Yours will seal the PINs.
function keep(changed: readonly core.Code[]): void {
  for (const code of changed) codes.set(code.id, code)
  for (const { id, want, evidence } of changed) if (want === 'absent' && evidence === 'confirmed') codes.delete(id) // proven gone
  writeFileSync('codes.json.new', JSON.stringify([...codes.values()]))
  renameSync('codes.json.new', 'codes.json')
}
const store: core.DeviceEngine['store'] = {
  loadDevice: async () => ({
    device,
    doorName: device.name,
    codes: [...codes.values()],
    ifChanged: 'restore',
    policy: core.defaultPolicy,
    failures: 0,
    waitingBeside: [],
  }),
  saveDevice: async (_look, { update = [] }, { timeline = [] }) => {
    keep(update)
    for (const { bookingId, text } of timeline) console.log(bookingId, text)
  },
  saveConnection: async () => {},
}

// What is wanted: a code for every booking from three days ahead on, and none once it is over or no longer booked.
const windows = new Map(bookings.map(({ id, from, until }) => [id, { from, until }]))
const pin = nuki.capabilities.pin
keep(core.wantCodes({ clock, entropy }, { device: { ...device, pin }, windows, codes: [...codes.values()] }))

// The lock is brought to that with the care of the whole hub: it is read, written, read back, and what was seen is kept.
const config = { apiToken: process.env['NUKI_API_TOKEN'] ?? '' }
const provider = nuki.open({ config, fetch: core.guardFetch(fetch, nuki), clock, entropy })
const keypad = async () => ({ provider, capabilities: nuki.capabilities, vendor: nuki.displayName })
const look = { kind: 'device', key: device.id, attempt: 0, fence: 1, signal: AbortSignal.timeout(50_000) } as const
await core.settleDevice({ store, providers: { keypad }, clock, entropy, pace: core.paceOf() }, look)
for (const { bookingId, want, evidence } of codes.values()) console.log(bookingId, want, evidence)
