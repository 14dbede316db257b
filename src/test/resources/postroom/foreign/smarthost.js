// A submission server that nobody here wrote: npm's smtp-server, which takes mail for whoever shows
// an access token of the provider. Signature, issuer, audience and end are looked at.
//
//   NODE_PATH=… node smarthost.js CERTIFICATE KEY ISSUER AUDIENCE
//
// Prints its port, then a line for each sign-in and each message.
const fs = require('fs');
const crypto = require('crypto');
const { SMTPServer } = require('smtp-server');

const [certificate, key, issuer, audience] = process.argv.slice(2);

function part(text) {
  return JSON.parse(Buffer.from(text, 'base64url').toString());
}

async function objectionTo(token, user) {
  const parts = token.split('.');
  if (parts.length !== 3) return 'not a JWT';
  const known = await (await fetch(issuer + '/jwks')).json();
  const jwk = known.keys.find(it => it.kid === part(parts[0]).kid);
  if (!jwk) return 'signed with an unknown key';
  const signedByIt = crypto.verify(
      'RSA-SHA256',
      Buffer.from(parts[0] + '.' + parts[1]),
      crypto.createPublicKey({ key: jwk, format: 'jwk' }),
      Buffer.from(parts[2], 'base64url'));
  const claims = part(parts[1]);
  if (!signedByIt) return 'wrong signature';
  if (claims.iss !== issuer) return 'issued by ' + claims.iss;
  if (![].concat(claims.aud).includes(audience)) return 'made for ' + claims.aud;
  if (claims.exp * 1000 <= Date.now()) return 'ended';
  if (claims.email && claims.email !== user) return 'of ' + claims.email;
  return '';
}

const server = new SMTPServer({
  name: 'localhost',
  cert: fs.readFileSync(certificate),
  key: fs.readFileSync(key),
  authMethods: ['XOAUTH2'],
  onAuth(auth, session, callback) {
    objectionTo(auth.accessToken, auth.username).then(objection => {
      const tls = session.secure ? 'tls' : 'plain';
      console.log(`auth ${auth.method} ${auth.username} ${tls} ${objection || 'good'}`);
      if (objection) callback(null, { data: { status: '401', schemes: 'bearer', scope: audience } });
      else callback(null, { user: auth.username });
    }, callback);
  },
  onData(stream, session, callback) {
    const pieces = [];
    stream.on('data', piece => pieces.push(piece));
    stream.on('end', () => {
      const subject = /^Subject: (.*)$/m.exec(Buffer.concat(pieces).toString());
      const to = session.envelope.rcptTo.map(it => it.address).join(',');
      console.log(`message ${session.envelope.mailFrom.address} ${to} ${subject && subject[1]}`);
      callback();
    });
  },
});
server.on('error', trouble => console.log('trouble ' + trouble.message));
server.listen(0, '127.0.0.1', () => console.log('port ' + server.server.address().port));
process.stdin.resume();
process.stdin.on('end', () => process.exit());
