import { connectionLines } from '../known-connection.ts'
import type { Session } from '../session.ts'
import { bad, type Finding } from './finding.ts'

/** Private networks that are opened to nobody: a name that is mistyped leaves a device in the house out of reach. */
export async function checkNetworks(session: Session): Promise<readonly Finding[]> {
  const opened = [...session.settings.privateNetworks.keys()]
  if (opened.length === 0) return []
  const known = new Set<string>()
  for (const { slug } of await session.tenants())
    for (const { name } of await connectionLines(session, await session.tenant(slug))) known.add(`${slug}/${name}`)
  return opened
    .filter((name) => !known.has(name))
    .map((name) =>
      bad(
        'private networks',
        `STAYWARD_PRIVATE_NETWORKS opens a network to "${name}", and there is no such connection`,
        known.size === 0
          ? 'Write it as <tenant>/<connection>=<network>, or take it away.'
          : `Write it as <tenant>/<connection>, or take it away. There are: ${[...known].toSorted().join(', ')}.`,
      ),
    )
}
