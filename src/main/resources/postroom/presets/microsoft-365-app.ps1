# Lets an application send as a mailbox, for the service below of Postroom. For an Exchange administrator.
# Needs the module ExchangeOnlineManagement:  Install-Module ExchangeOnlineManagement
# In Entra beforehand: SMTP.SendAsApp of Office 365 Exchange Online, with admin consent.
$ErrorActionPreference = 'Stop'
$service  = {service}
$tenant   = {tenant}
$clientId = {client_id}
$mailbox  = {user}
$from     = {from}

%if object_id
$objectId = {object_id}
%else
$objectId = (Read-Host 'Object ID from Entra > Enterprise applications > this application (not App registrations)').Trim()
%end
if ($objectId -notmatch '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$') { throw 'That is not an object ID.' }
if ($objectId -eq $clientId) { throw 'That is the client ID. The object ID stands below it, under Enterprise applications.' }

Connect-ExchangeOnline -Organization $tenant
if (-not (Get-ServicePrincipal | Where-Object AppId -eq $clientId)) {
    New-ServicePrincipal -AppId $clientId -ObjectId $objectId -DisplayName $service
}
Add-MailboxPermission -Identity $mailbox -User $objectId -AccessRights FullAccess
Add-RecipientPermission -Identity $mailbox -Trustee $objectId -AccessRights SendAs -Confirm:$false
%if other_from
Add-RecipientPermission -Identity $from -Trustee $objectId -AccessRights SendAs -Confirm:$false
%end
Set-CASMailbox -Identity $mailbox -SmtpClientAuthenticationDisabled $false

Get-ServicePrincipal | Where-Object AppId -eq $clientId | Format-List DisplayName,AppId,ObjectId
Get-CASMailbox -Identity $mailbox | Format-List PrimarySmtpAddress,SmtpClientAuthenticationDisabled
Write-Host "Done for $service. It can take two hours to take effect; then run the test in Postroom."
