# Lets a mailbox send over SMTP, for the service below of Postroom. For an Exchange administrator.
# Needs the module ExchangeOnlineManagement:  Install-Module ExchangeOnlineManagement
$ErrorActionPreference = 'Stop'
$service = {service}
$mailbox = {user}
$login   = {login}
$from    = {from}

Connect-ExchangeOnline
Set-CASMailbox -Identity $mailbox -SmtpClientAuthenticationDisabled $false
%if other_user

# Another account signs in and sends for this mailbox.
Add-MailboxPermission -Identity $mailbox -User $login -AccessRights FullAccess -AutoMapping $false
Add-RecipientPermission -Identity $mailbox -Trustee $login -AccessRights SendAs -Confirm:$false
%end
%if other_from

# The From address is not the mailbox's own.
Add-RecipientPermission -Identity $from -Trustee $mailbox -AccessRights SendAs -Confirm:$false
%end

Get-CASMailbox -Identity $mailbox | Format-List PrimarySmtpAddress,SmtpClientAuthenticationDisabled
Write-Host "Done for $service. It can take an hour to take effect; then run the test in Postroom."
