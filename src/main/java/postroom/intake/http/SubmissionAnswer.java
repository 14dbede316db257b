package postroom.intake.http;

import com.fasterxml.jackson.annotation.JsonInclude;

import java.util.List;

/// What a caller gets for a message that is ours now.
///
/// @param id the queue ID
/// @param notices what to know although the message was taken; absent where there is nothing
record SubmissionAnswer(
        String id,
        List<RecipientAnswer> recipients,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> notices) {

    record RecipientAnswer(String address, String state) {}
}
