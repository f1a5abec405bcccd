/** Lengths of RFC 5321, characters. */
const longest = { local: 64, whole: 254 }

/**
 * A mail address that means one mailbox and nothing else, with its domain as the network writes it; `undefined` for anything
 * that a mail program might read as a list, a name, a comment or a further command. Letters before the @ are ASCII: others
 * need every server on the way to know them.
 */
export function mailboxOf(text: string): string | undefined {
  const [local = '', domain = '', more] = text.split('@')
  if (more !== undefined || local === '' || local.length > longest.local) return undefined
  if (!/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/.test(local)) return undefined
  const ascii = asciiDomain(domain)
  if (ascii === undefined || !ascii.includes('.')) return undefined
  const mailbox = `${local}@${ascii}`
  return mailbox.length > longest.whole ? undefined : mailbox
}

/** A host name in ASCII and small letters; `undefined` for what is none, also for an IP address. */
export function asciiDomain(text: string): string | undefined {
  // Only letters, digits, dots and hyphens reach the parser, which would otherwise read a port or a path out of them.
  if (!/^[\p{L}\p{M}\p{N}.-]+$/u.test(text) || !URL.canParse(`https://${text}`)) return undefined
  const { hostname } = new URL(`https://${text}`)
  const labels = hostname.split('.')
  const sound = labels.every((label) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(label))
  return sound && !/^\d+$/.test(labels.at(-1) ?? '') ? hostname : undefined
}
