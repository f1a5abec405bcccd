import { AdapterError } from '@stayward/core/adapter'

/** For people: in `… answered 500.` */
export const vendor = 'The 2N device'

export const accountRemedy =
  'Check user name and password of this connection: an account under Services → HTTP API on the page of the device, not its ' +
  'web login. Correct the connection, then test it once: the device shuts out an address after several wrong sign-ins.'

export const silenceRemedy =
  'The hub tries again by itself. If it lasts, look whether the device has power and network, whether its page opens from ' +
  'the place where the hub runs (VPN, port forwarding), and whether its address has changed.'

/** A part of the HTTP API that is switched on, secured and permitted on its own. */
export type Service = 'system' | 'switch' | 'log'

const services: Readonly<Record<Service, { readonly name: string; readonly privilege: string }>> = {
  system: { name: 'System API', privilege: 'System – Monitoring and System – Control' },
  switch: { name: 'Switch API', privilege: 'Switch Access – Monitoring and Switch Access – Control' },
  log: { name: 'Logging API', privilege: 'Logging, and the monitoring privileges of access and switch events' },
}

export function signInRefused(): AdapterError {
  return new AdapterError('auth', 'The 2N device does not take the user name and password.', { remedy: accountRemedy })
}

/** What a device's own number for a refusal means, and what a person does (docs/vendors/2n.md, "Refusals"). */
export function refusalOf(number: number, service: Service, effect: 'read' | 'write'): AdapterError {
  const { name, privilege } = services[service]
  const settings = `On the page of the device, under Services → HTTP API`
  const refused = (text: string, remedy: string) => new AdapterError('refused', text, { remedy })
  switch (number) {
    case 1:
    case 2:
      return refused(
        `This model or firmware of the 2N device has no ${name} as it is needed (${number}).`,
        'Update the firmware of the device; if that does not help, see in the README which models do what.',
      )
    case 4:
      return refused(`The ${name} of the 2N device is switched off (4).`, `${settings}, switch the ${name} on.`)
    case 7:
      return refused('The 2N device wants another kind of connection (7).', `${settings}, set the ${name} to HTTPS.`)
    case 8:
      return new AdapterError('auth', `The ${name} of the 2N device wants another kind of sign-in (8).`, {
        remedy: `${settings}, set the authentication of the ${name} to Digest.`,
      })
    case 9:
      return signInRefused()
    case 10:
      return new AdapterError('auth', `The account may not use the ${name} of the 2N device (10).`, {
        remedy: `${settings}, tick for this account: ${privilege}.`,
      })
    case 14:
      return new AdapterError(
        effect === 'write' ? 'outcome-unknown' : 'unreachable',
        'The 2N device met an error of its own (14).',
        { remedy: 'The hub looks again by itself. If it lasts, restart the device from its page.' },
      )
    default:
      return refused(
        `The 2N device does not take a request of the hub (${number}).`,
        'Update the firmware of the device; if that does not help, report it with its model and firmware.',
      )
  }
}

/** The device behind the address is another one. */
export function anotherDevice(): AdapterError {
  return new AdapterError('gone', 'Another 2N device answers at the address of this connection.', {
    remedy:
      'Was the device replaced, or did it get another address? Correct the address of the connection; a new device is a new ' +
      'connection, whose door has to be set anew.',
  })
}

/** The hub's own entry is not in the directory any more. */
export function entryGone(): AdapterError {
  return new AdapterError('gone', 'The entry is no longer in the directory of the 2N device.', {
    remedy:
      'The hub looks again and makes it anew. If this goes on, another system (Access Commander, My2N) manages the ' +
      'directory and removes what it does not know: one of the two has to leave it alone.',
  })
}

/** The device was reset while it was read, or is answering for another directory. */
export function directoryReset(): AdapterError {
  return new AdapterError('unreachable', 'The directory of the 2N device was made anew while it was read.', {
    remedy: 'The hub looks again by itself. After a factory reset it writes its codes anew.',
  })
}
