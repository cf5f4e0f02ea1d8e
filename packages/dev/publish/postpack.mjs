#!/usr/bin/env node
/** After a package was packed, in its folder: its entries lead to what the compiler makes again. */
import { writeEntryStubs } from './entry-stubs.mjs';
import { readPackage } from './packages.mjs';

writeEntryStubs([readPackage(process.cwd())]);
