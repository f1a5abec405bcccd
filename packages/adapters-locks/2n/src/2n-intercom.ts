import {
  AdapterError,
  type Call,
  type CodeToWrite,
  type Intercom,
  millisecondsOf,
  type OpenContext,
  type WriteReceipt,
} from '@stayward/core/adapter'
import { createApi, type Directory, type Entry, type Stored } from './2n-api.ts'
import type { Info, User } from './2n-shapes.ts'
import { readOpenings } from './activity.ts'
import type { Config } from './config.ts'
import { noteOf, warningOf } from './health.ts'
import { qrPicture } from './qr-picture.ts'
import { anotherDevice, entryGone, refusalOf } from './refusals.ts'
import { createSend } from './sign-in.ts'
import { knows } from './template.ts'
import {
  callEntry,
  type EntryPlace,
  fits,
  guestEntry,
  isUuid,
  observedOf,
  pinsOf,
  shortName,
  uuidFor,
  whatLacks,
} from './user-form.ts'

/** One 2N device through its own HTTP API. What it takes, it holds at once. */
export function openTwoN(context: Omit<OpenContext<Config>, 'vault'>): Intercom {
  const { config, clock } = context
  const api = createApi(createSend(context))
  const credential = config.opensBy ?? 'pin'

  /** Every call asks who answers: the device may have been replaced, or the address may have become another's. */
  async function atDevice(deviceId: string, call: Call): Promise<Info> {
    const info = await api.info(call)
    if (info.serialNumber !== deviceId) throw anotherDevice()
    return info
  }

  async function clockOffset(call: Call): Promise<number> {
    const seconds = await api.clock(call)
    return seconds * 1000 - millisecondsOf(clock.now())
  }

  type Form = (place: Pick<EntryPlace, 'longest'>) => Entry

  /** Once with the whole name, and with a shorter one where the device finds it too long: then nothing was stored. */
  async function store(form: Form, write: (entry: Entry) => Promise<Stored>): Promise<Stored> {
    const stored = await write(form({}))
    return stored.is === 'invalid' && stored.field === 'name' ? await write(form({ longest: shortName })) : stored
  }

  /** Makes an entry of ours; one that is there already, from a write whose answer was lost, is brought to what is wanted. */
  async function make(uuid: string, mark: string, form: Form, call: Call): Promise<Stored> {
    const created = await store(form, (entry) => api.create(entry, false, call))
    if (created.is !== 'exists') return created
    const there = await api.readUser(uuid, call)
    // The trace of an entry that was deleted: nothing in it is anybody's, so replacing it resets nothing.
    if (there?.deleted === true) return await store(form, (entry) => api.create(entry, true, call))
    if (!there || !isOurs(there, mark)) return created
    return await store(form, (entry) => api.update(entry, call))
  }

  async function writeGuest(
    { serialNumber }: Info,
    { series, template }: Directory,
    code: CodeToWrite,
    call: Call,
  ): Promise<WriteReceipt> {
    const uuid = code.vendorRef ?? uuidFor(serialNumber, code.mark)
    const users = await api.listUsers(series, call)
    // The device takes the same PIN twice and says nothing.
    if (users.some((user) => user.uuid.toUpperCase() !== uuid && collides(user, code.pin)))
      return { status: 'refused', reason: 'pin-taken' }
    const form: Form = (place) => guestEntry(code, { uuid, template, credential, ...place })
    const stored =
      code.vendorRef === undefined
        ? await make(uuid, code.mark, form, call)
        : await store(form, (entry) => api.update(entry, call))
    return receiptOf(stored, uuid)
  }

  return {
    specVersion: 'v1',

    readAccount: async (call) => {
      const info = await api.info(call)
      const offset = await clockOffset(call)
      const { template } = await api.directory(call)
      const switches = await api.switches(call)
      const log = await api.logKinds(call)
      const warning = warningOf({ offset, template, credential, switches, log })
      return {
        id: info.serialNumber,
        ...(info.deviceName ? { name: info.deviceName } : {}),
        note: noteOf(info),
        ...(warning === undefined ? {} : { warning }),
      }
    },

    listDevices: async (call) => {
      const info = await api.info(call)
      return [{ id: info.serialNumber, name: info.deviceName || info.variant || '2N device', note: noteOf(info) }]
    },

    readCodes: async (deviceId, call) => {
      await atDevice(deviceId, call)
      const { series } = await api.directory(call)
      const users = await api.listUsers(series, call)
      return users.flatMap((user) => observedOf(user) ?? [])
    },

    writeCode: async (deviceId, code, call) => {
      if (!fits(code.pin))
        return {
          status: 'refused',
          reason: 'pin-not-allowed',
          detail: '2N devices get PINs of 4 to 12 digits, even, and without a 0 in front.',
        }
      const info = await atDevice(deviceId, call)
      const directory = await api.directory(call)
      const lacks = whatLacks(directory.template, credential)
      if (lacks !== undefined) return { status: 'refused', reason: 'not-allowed', detail: lacks }
      return await writeGuest(info, directory, code, call)
    },

    removeCode: async (deviceId, vendorRef, call) => {
      await atDevice(deviceId, call)
      if (!isUuid(vendorRef)) return { status: 'gone' } // nothing in a directory has such an id
      const { is } = await api.remove(vendorRef, call)
      if (is === 'stored' || is === 'absent') return { status: 'gone' }
      throw new AdapterError('refused', 'The 2N device refuses to delete an entry.', {
        remedy: 'Delete the entry on the page of the device, under Directory: it opens the door until then.',
      })
    },

    readState: async (deviceId, call) => {
      await atDevice(deviceId, call)
      const offset = await clockOffset(call)
      return { online: true, lastSeen: clock.now(), clockOffset: offset }
    },

    readActivity: async (deviceId, since, call) => {
      await atDevice(deviceId, call)
      const offset = await clockOffset(call)
      return await readOpenings(api, since, clock.now(), offset, call)
    },

    listDoors: async (deviceId, call) => {
      await atDevice(deviceId, call)
      const answer = await api.switches(call)
      if (answer.is === 'refused') throw refusalOf(answer.number, 'switch', 'read')
      return answer.value
        .filter((one) => one.enabled && one.mode === 'monostable')
        .map((one) => ({ ref: String(one.switch), name: `Switch ${one.switch}` }))
    },

    openDoor: async (deviceId, doorRef, call) => {
      await atDevice(deviceId, call)
      const answer = await api.switches(call)
      if (answer.is === 'refused') throw refusalOf(answer.number, 'switch', 'read')
      const found = answer.value.find((one) => String(one.switch) === doorRef)
      const refused = (detail: string) => ({ status: 'refused', reason: 'not-allowed', detail }) as const
      if (!found?.enabled) return refused('The device has no such switch, or it is disabled.')
      // A pulse ends by itself; on any other kind of switch the same order may leave the door open, or lock it.
      if (found.mode !== 'monostable')
        return refused('The switch stays as it is put: set it to monostable on the device.')
      const opened = await api.trigger(found.switch, call)
      if (opened.is === 'done') return { status: 'opened' }
      if (opened.number === 18) return refused('The switch is locked on the device.')
      throw refusalOf(opened.number, 'switch', 'write')
    },

    drawQr: async (deviceId, pin, call) => await qrPicture(pin, (await atDevice(deviceId, call)).swVersion),

    writeEntry: async (deviceId, entry, call) => {
      const { serialNumber } = await atDevice(deviceId, call)
      const { template } = await api.directory(call)
      if (!knows(template, 'callPos'))
        throw new AdapterError('refused', 'This model of 2N has no directory for visitors.', {
          remedy: 'Only devices with call buttons or a display have one. Show the name another way.',
        })
      const uuid = entry.vendorRef ?? uuidFor(serialNumber, entry.mark)
      const form: Form = (place) => callEntry(entry, { uuid, template, ...place })
      const stored =
        entry.vendorRef === undefined
          ? await make(uuid, entry.mark, form, call)
          : await store(form, (one) => api.update(one, call))
      if (stored.is === 'stored') return { vendorRef: uuid }
      if (stored.is === 'absent') throw entryGone()
      throw new AdapterError('refused', 'The 2N device does not take a name for its directory.', {
        remedy: 'Is the number to call one that its page takes as well? Otherwise report the model and firmware.',
      })
    },
  }
}

function isOurs(user: User, mark: string): boolean {
  return user.owner === mark || (user.name ?? '').startsWith(mark)
}

/** The same PIN, or its neighbour: where the silent alarm is on, a PIN plus one calls for help. */
function collides(user: User, pin: string): boolean {
  const wanted = Number(pin)
  return pinsOf(user).some((other) => other === pin || Math.abs(Number(other) - wanted) === 1)
}

function receiptOf(stored: Stored, vendorRef: string): WriteReceipt {
  switch (stored.is) {
    case 'stored':
      return { status: 'confirmed', vendorRef }
    case 'absent':
      throw entryGone()
    case 'exists':
      return { status: 'refused', reason: 'not-allowed', detail: 'An entry with this id belongs to somebody else.' }
    case 'invalid':
      return { status: 'refused', ...invalid(stored.field) }
  }
}

function invalid(field: string | undefined): Pick<Extract<WriteReceipt, { status: 'refused' }>, 'reason' | 'detail'> {
  const detail = `The device does not take the entry${field === undefined ? '' : ` because of "${field}"`}.`
  if (field === undefined) return { reason: 'not-allowed', detail }
  if (/^access\.(?:pin|code)\b/.test(field)) return { reason: 'pin-not-allowed', detail }
  return { reason: field.startsWith('access.valid') ? 'window-not-supported' : 'not-allowed', detail }
}
