import { type Delays, seenAt, wallText } from './the-keys-device.ts'
import type { FakeAccessory, FakeLock, FakeShare, Switches, TheKeysState, TimeField } from './the-keys-state.ts'

/** The cloud's zone: gateways' times carry no other. */
const cloudZone = 'Europe/Paris'
const phpDate = (at: number) => ({
  date: `${wallText(at, 'Europe/Berlin')}.000000`,
  timezone_type: 3,
  timezone: 'Europe/Berlin',
})

/** `utilisateur/get`, the secrets of the locks included: whoever reads this has to leave them alone. */
export function userAnswer(state: TheKeysState, now: number, delays: Delays): object {
  const { account, locks } = state
  return {
    id: account.id,
    type: 'user_utilisateur',
    roles: ['ROLE_UTILISATEUR'],
    firstname: account.firstname,
    lastname: account.lastname,
    locale: 'fr',
    username: account.username,
    email: 'ana@example.org',
    tel: account.username,
    notification_enabled: true,
    serrures: locks.map((lock) => ({
      id: lock.id,
      id_serrure: lock.id_serrure,
      nom: lock.nom,
      etat: 'close',
      timezone: lock.timezone,
      battery: lock.battery,
      battery_date: phpDate(now - 3_600_000),
      version: 81,
      version_cible: 81,
      beta: 0,
      produit: { id: 1, nom: 'Sample lock', version: 81, versionBeta: 82 },
      utilisateur: { username: account.username, firstname: account.firstname, lastname: account.lastname },
      code: 'lock-secret-code',
      code_serrure: 'lock-secret-code-serrure',
      qrcode: 'lock-secret-qrcode',
      public_key: 'lock-secret-public-key',
      accessoires: lock.accessories
        .filter(({ listed }) => listed)
        .map((accessory) => ({
          id: accessory.id + 10_000,
          accessoire: shortForm(accessory),
          info: infoOf(accessory, lock, state.switches, now, delays),
        })),
    })),
  }
}

/** `accessoire/get`. */
export function accessoryAnswer(
  accessory: FakeAccessory,
  lock: FakeLock,
  switches: Switches,
  now: number,
  delays: Delays,
): object {
  return { ...shortForm(accessory), version: 3, type_version: 3, info: infoOf(accessory, lock, switches, now, delays) }
}

/** `partage/all/serrure`: rights of keypads, gateways and buttons side by side, those that are over included. */
export function sharesAnswer(state: TheKeysState, lock: FakeLock): object {
  const rows = state.shares.filter((share) => share.lock === lock.id)
  return {
    partages_utilisateur: [],
    partages_accessoire: rows.map((share) => shareRow(share, lock, state.switches)),
    partages_demande: [],
  }
}

function shareRow(share: FakeShare, lock: FakeLock, { timeFormat }: Switches): object {
  const accessory = lock.accessories.find(({ id_accessoire }) => id_accessoire === share.id_accessoire)
  return {
    id: share.id,
    iddesc: share.iddesc,
    nom: share.nom,
    actif: share.actif,
    date_debut: share.date_debut,
    date_fin: share.date_fin,
    heure_debut: shownTime(share.heure_debut, timeFormat),
    heure_fin: shownTime(share.heure_fin, timeFormat),
    description: share.description,
    notification_enabled: share.notification_enabled,
    horaires: [],
    accessoire: accessory && { ...shortForm(accessory), version: 3, type_version: 3 },
    code: share.code,
  }
}

function shownTime(time: TimeField | null, format: Switches['timeFormat']): unknown {
  if (time === null) return null
  const text = `${time.hour.padStart(2, '0')}:${time.minute.padStart(2, '0')}`
  const shown: Record<Switches['timeFormat'], unknown> = {
    strings: time,
    numbers: { hour: Number(time.hour), minute: Number(time.minute) },
    'hh:mm': text,
    'hh:mm:ss': `${text}:00`,
    iso: `1970-01-01T${text}:00+01:00`,
    php: { date: `1970-01-01 ${text}:00.000000`, timezone_type: 3, timezone: 'Europe/Berlin' },
    null: null,
    garbage: { at: 'noon' },
  }
  return shown[format]
}

function shortForm({ id, id_accessoire, nom, type }: FakeAccessory): object {
  return { id, id_accessoire, nom, type, configuration: [] }
}

function infoOf(
  accessory: FakeAccessory,
  lock: FakeLock,
  { gatewayIp }: Switches,
  now: number,
  delays: Delays,
): object | null {
  if (accessory.info !== 'live') return accessory.info
  const seen = seenAt(lock, now, delays)
  if (seen === undefined) return null
  return { last_seen: wallText(seen, cloudZone).replace(' ', 'T'), ...(gatewayIp ? { ip: '192.168.1.20' } : {}) }
}
