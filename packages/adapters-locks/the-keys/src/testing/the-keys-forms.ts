import type { FakeShare, TheKeysState, TimeField } from './the-keys-state.ts'

/** The cloud reads forms only; anything else is an empty form to it. */
export async function formIn(request: Request): Promise<URLSearchParams> {
  const type = request.headers.get('content-type') ?? ''
  return new URLSearchParams(type.startsWith('application/x-www-form-urlencoded') ? await request.text() : '')
}

/**
 * Writes a whole form into a share: a box is ticked when it is there at all, whatever its value, and what is left out is
 * cleared. A PIN that is left out is drawn by the server.
 */
export function applyForm(share: FakeShare, form: URLSearchParams, state: TheKeysState): void {
  const field = (name: string) => form.get(`partage_accessoire[${name}]`) || null
  const time = (name: string): TimeField | null => {
    const [hour, minute] = [
      form.get(`partage_accessoire[${name}][hour]`),
      form.get(`partage_accessoire[${name}][minute]`),
    ]
    return hour === null || minute === null ? null : { hour, minute }
  }
  share.nom = field('nom') ?? ''
  share.actif = form.has('partage_accessoire[actif]')
  share.date_debut = field('date_debut')
  share.date_fin = field('date_fin')
  share.heure_debut = time('heure_debut')
  share.heure_fin = time('heure_fin')
  share.code = field('code') ?? drawn(state)
  share.description = field('description')
  share.notification_enabled = form.has('partage_accessoire[notification_enabled]')
  share.iddesc = field('iddesc')
}

/** A PIN of the server's own making; repeatable, so that two runs of a test agree. */
export function drawn(state: TheKeysState): string {
  return String((state.nextId++ * 7919) % 10_000).padStart(4, '0')
}
