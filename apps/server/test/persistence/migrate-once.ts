// Migrates a database as one of several processes that start at once. Prints what came of it as one line of JSON.
import { migrate } from '../../src/persistence/migrate.ts'
import { parseMasterKeys } from '../../src/secrets/master-keys.ts'
import { testMasterKey } from '../database-address.ts'

const [, , ownerUrl = '', appRole = ''] = process.argv
const masters = parseMasterKeys(testMasterKey, 'the tests')
process.stdout.write(`${JSON.stringify(await migrate({ ownerUrl, appRole, masters }))}\n`)
