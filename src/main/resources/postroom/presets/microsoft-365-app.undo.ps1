# Takes back what the set-up of the service below of Postroom changed. For an Exchange administrator.
$ErrorActionPreference = 'Stop'
$service  = {service}
$tenant   = {tenant}
$clientId = {client_id}
$mailbox  = {user}
$from     = {from}
%if object_id
$objectId = {object_id}
%end

Connect-ExchangeOnline -Organization $tenant
%if object_id
$principals = Get-ServicePrincipal | Where-Object { $_.AppId -eq $clientId -or $_.ObjectId -eq $objectId }
%else
$principals = Get-ServicePrincipal | Where-Object AppId -eq $clientId
%end
foreach ($principal in $principals) {
    Remove-MailboxPermission -Identity $mailbox -User $principal.ObjectId -AccessRights FullAccess -Confirm:$false
    Remove-RecipientPermission -Identity $mailbox -Trustee $principal.ObjectId -AccessRights SendAs -Confirm:$false
%if other_from
    Remove-RecipientPermission -Identity $from -Trustee $principal.ObjectId -AccessRights SendAs -Confirm:$false
%end
    Remove-ServicePrincipal -Identity $principal.ObjectId -Confirm:$false
}
# $null: the mailbox follows the switch of the organization again.
Set-CASMailbox -Identity $mailbox -SmtpClientAuthenticationDisabled $null
Write-Host "Done for $service. The app registration stays: delete it in Entra under App registrations."
