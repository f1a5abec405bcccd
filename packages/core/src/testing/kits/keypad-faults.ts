import type { CapabilitiesOf, ProviderOf } from '../../ports/capabilities.ts'
import { plus } from '../../domain/instant.ts'
import { describeFaults, type Operation } from './common-faults.ts'
import type { KeypadPort } from './keypad-codes.ts'
import { codeToWrite, letItShow, ordinary, pinsFor, readMark, writeAndRead } from './keypad-words.ts'
import { calm } from '../calls.ts'
import { type Opened } from './open-subject.ts'
import type { KeypadVendor, Subject } from './subject.ts'

/** Every operation that locks and intercoms share, and the port's own, under every fault. */
export function keypadFaults<Port extends KeypadPort, Vendor extends KeypadVendor, Config>(
  subject: Subject<Port, Vendor, Config>,
  own: readonly Operation<Port, Vendor>[],
): void {
  const capabilities: CapabilitiesOf[KeypadPort] = subject.adapter.capabilities
  const code = codeToWrite(capabilities)
  const longer = { from: ordinary.from, until: plus(ordinary.until, 86_400_000) }
  type Run = (provider: ProviderOf[Port], call: { signal: AbortSignal }) => Promise<unknown>
  const warm = async ({ provider, vendor }: Opened<Port, Vendor>) => {
    await provider.readAccount(calm)
    await provider.readCodes(vendor.deviceId, calm)
  }
  const marked = async ({ provider, vendor, clock }: Opened<Port, Vendor>) => {
    letItShow(capabilities, clock)
    return (await provider.readCodes(vendor.deviceId, calm)).filter(({ mark }) => mark === code.mark)
  }
  const read = (
    name: string,
    run: (provider: ProviderOf[Port], vendor: Vendor, signal: AbortSignal) => Promise<unknown>,
  ) => {
    const prepare =
      async ({ vendor }: Opened<Port, Vendor>): Promise<Run> =>
      (provider, { signal }) =>
        run(provider, vendor, signal)
    return { name, effect: 'read' as const, prepare }
  }
  const operations: Operation<Port, Vendor>[] = [
    read('readAccount', (provider, _, signal) => provider.readAccount({ signal })),
    read('listDevices', (provider, _, signal) => provider.listDevices({ signal })),
    read('readCodes', (provider, { deviceId }, signal) => provider.readCodes(deviceId, { signal })),
    {
      name: 'writeCode of a new code',
      effect: 'write',
      prepare: async (opened) => {
        await warm(opened)
        return (provider, call) => provider.writeCode(opened.vendor.deviceId, code, call)
      },
      effects: async (beside) => (await marked(beside)).length,
    },
    {
      name: 'removeCode',
      effect: 'write',
      prepare: async (opened) => {
        const { read: written } = await writeAndRead(capabilities, opened, code)
        return (provider, call) => provider.removeCode(opened.vendor.deviceId, written.vendorRef, call)
      },
      effects: async (beside) => ((await marked(beside)).length === 0 ? 1 : 0),
    },
  ]
  if (capabilities.canUpdate && capabilities.readsWindow)
    operations.push({
      name: 'writeCode of a changed window',
      effect: 'write',
      prepare: async (opened) => {
        const { read: written } = await writeAndRead(capabilities, opened, code)
        const changed = { ...code, window: longer, vendorRef: written.vendorRef }
        return (provider, call) => provider.writeCode(opened.vendor.deviceId, changed, call)
      },
      effects: async ({ provider, vendor, clock }) => {
        letItShow(capabilities, clock)
        const { window } = await readMark(provider, vendor.deviceId, code.mark)
        return Date.parse(window?.until ?? '') >= Date.parse(longer.until) ? 1 : 0
      },
    })
  if (capabilities.readsState)
    operations.push(
      read('readState', async (provider, { deviceId }, signal) => await provider.readState?.(deviceId, { signal })),
    )
  if (capabilities.readsActivity)
    operations.push(
      read(
        'readActivity',
        async (provider, { deviceId }, signal) => await provider.readActivity?.(deviceId, ordinary.from, { signal }),
      ),
    )
  describeFaults(subject, [...operations, ...own], pinsFor(capabilities.pin, 1))
}
