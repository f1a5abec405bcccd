import { AdapterError, type WriteReceipt } from '@stayward/core/adapter'

export const tokenRemedy =
  'Make a new API token in Nuki Web (menu → API) and put it into this connection. A token ends when the password of the ' +
  'Nuki Web account is changed.'

/** A remedy for what only a person at the vendor can see. */
export const actsFor = (what: string) => `${what} The hub tries again by itself.`

export function lacksPermission(): AdapterError {
  return new AdapterError('auth', 'Nuki does not let this API token see or do this (403).', {
    remedy:
      'In Nuki Web (menu → API) make a token with the permissions to view and operate locks, to manage authorizations and ' +
      'to read the activity log, for the account that owns the lock, and put it into this connection.',
  })
}

export function subscriptionNeeded(status: number): AdapterError {
  return new AdapterError('refused', `Nuki asks for a subscription before it does this (${status}).`, {
    remedy: 'Look in Nuki Web under subscriptions: book or renew what this account needs, then test the connection.',
  })
}

export function lockGone(): AdapterError {
  return new AdapterError('gone', 'Nuki knows no such lock, or does not show it to this account.', {
    remedy:
      'Check that the lock is in Nuki Web with this account. After it was paired anew it has another number: list the ' +
      'devices of this connection and give the door the id shown there.',
  })
}

export function codeGone(): AdapterError {
  return new AdapterError('gone', 'Nuki no longer has the code that was to be changed.', {
    remedy: 'Nothing to do: the hub reads the lock again and makes the code anew if it is still wanted.',
  })
}

export function noLocks(): AdapterError {
  return new AdapterError('refused', 'This API token shows no lock at all.', {
    remedy: 'In the Nuki app switch on Nuki Web for each lock (Settings → Features), with the account of this token.',
  })
}

export function notPaired(): AdapterError {
  return new AdapterError('refused', 'This lock is no longer properly connected to Nuki Web.', {
    remedy:
      'Open Nuki Web: the lock shows what is wrong there. Usually Nuki Web has to be switched on again in the app. Until ' +
      'then nothing is written to it.',
  })
}

export function offline(): AdapterError {
  return new AdapterError('device-offline', 'The lock is offline in Nuki Web, so nothing was sent to it.', {
    remedy:
      'Check the lock’s batteries and its Wi-Fi, Thread or Bridge. Nuki forgets what is sent to a lock that is offline, so ' +
      'the hub waits and writes when it is back.',
  })
}

export function adminPinWrong(): AdapterError {
  return new AdapterError('refused', 'Nuki Web does not have the right admin PIN of this lock.', {
    remedy: 'Enter the lock’s admin PIN in Nuki Web (the lock’s settings). Without it no code gets onto the lock.',
  })
}

export function noKeypad(): AdapterError {
  return new AdapterError('refused', 'No Nuki Keypad is paired with this lock.', {
    remedy: 'Pair a Keypad with the lock in the Nuki app, then look again.',
  })
}

type Refused = Extract<WriteReceipt, { status: 'refused' }>

/** A 400 on a code, by the parameter Nuki names. Nothing was stored. */
export function invalidReceipt(parameter: string | undefined): Refused {
  const detail = parameter === undefined ? 'Nuki does not take this code.' : `Nuki does not take its "${parameter}".`
  if (parameter === 'code') return { status: 'refused', reason: 'pin-not-allowed', detail }
  if (parameter?.startsWith('allowed')) return { status: 'refused', reason: 'window-not-supported', detail }
  return { status: 'refused', reason: 'not-allowed', detail }
}
