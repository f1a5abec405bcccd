/**
 * Headers that may hold a credential or, behind some proxies, the address with its token. Manifests add their vendor's
 * own (`secretHeaders`).
 */
const secret = new Set([
  'authorization',
  'cookie',
  'proxy-authorization',
  'referer',
  'set-cookie',
  'x-api-key',
  'x-envoy-original-path',
  'x-forwarded-uri',
  'x-original-uri',
  'x-original-url',
  'x-rewrite-url',
])
const suspicious = /secret|token|password|credential|api-?key/

/** The headers worth keeping with a delivery, as name and value. `raw` is Node's flat list. */
export function keptHeaders(
  raw: readonly string[],
  vendorSecrets: readonly string[],
  token: string,
): readonly (readonly [string, string])[] {
  const kept: (readonly [string, string])[] = []
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase()
    const value = raw[index + 1] ?? ''
    if (secret.has(name) || suspicious.test(name) || vendorSecrets.includes(name) || value.includes(token)) continue
    kept.push([name, value])
  }
  return kept
}
