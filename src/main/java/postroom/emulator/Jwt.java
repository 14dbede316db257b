package postroom.emulator;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;

import java.util.Map;

/// Signs tokens with a key made once for the life of the process.
final class Jwt {
    private static final class Holder {
        static final RSAKey KEY = make();
    }

    private Jwt() {}

    static String signed(Map<String, Object> claims) {
        JWTClaimsSet.Builder builder = new JWTClaimsSet.Builder();
        claims.forEach(builder::claim);
        JWSHeader header =
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .type(JOSEObjectType.JWT)
                        .keyID(Holder.KEY.getKeyID())
                        .build();
        SignedJWT jwt = new SignedJWT(header, builder.build());
        try {
            jwt.sign(new RSASSASigner(Holder.KEY));
        } catch (JOSEException e) {
            throw new IllegalStateException("The emulator cannot sign.", e);
        }
        return jwt.serialize();
    }

    /// The JSON of the discovery document's `jwks_uri`.
    static String publicKeys() {
        return new JWKSet(Holder.KEY.toPublicJWK()).toString();
    }

    private static RSAKey make() {
        try {
            return new RSAKeyGenerator(2048)
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.RS256)
                    .keyIDFromThumbprint(true)
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException("The emulator cannot make a key.", e);
        }
    }
}
