# Takes back what the set-up of the service below of Postroom changed. For an Exchange administrator.
$ErrorActionPreference = 'Stop'
$service = {service}
$mailbox = {user}
$login   = {login}
$from    = {from}

Connect-ExchangeOnline
# $null: the mailbox follows the switch of the organization again.
Set-CASMailbox -Identity $mailbox -SmtpClientAuthenticationDisabled $null
%if other_user
Remove-MailboxPermission -Identity $mailbox -User $login -AccessRights FullAccess -Confirm:$false
Remove-RecipientPermission -Identity $mailbox -Trustee $login -AccessRights SendAs -Confirm:$false
%end
%if other_from
Remove-RecipientPermission -Identity $from -Trustee $mailbox -AccessRights SendAs -Confirm:$false
%end
Write-Host "Done for $service. The app registration stays: delete it in Entra under App registrations."
