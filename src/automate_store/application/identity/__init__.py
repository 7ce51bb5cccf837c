"""Use cases of identity: accounts, sign-ins, what they stand on, and their end."""

from automate_store.application.identity.addresses import (
    PutAddress,
    add_address,
    change_address,
    list_addresses,
    remove_address,
)
from automate_store.application.identity.changing import (
    ChangePassword,
    ChangeProfile,
    change_email,
    change_password,
    change_profile,
    confirm_email_change,
    forgot_password,
    reset_password,
    show_account,
)
from automate_store.application.identity.gate import StoreGate
from automate_store.application.identity.leaving import delete_account, export_account
from automate_store.application.identity.mailing import (
    mail_account_exists,
    mail_credentials_changed,
    mail_email_change,
    mail_email_replaced,
    mail_password_reset,
    mail_verification,
)
from automate_store.application.identity.opening import Device, SignIn, csrf_label
from automate_store.application.identity.operating import (
    CreateAdmin,
    create_admin,
    mail_reset_link,
    promote,
    rotate_keys,
    set_password,
)
from automate_store.application.identity.purging import (
    drop_old_keys,
    purge_sessions,
    trust_old_changes,
)
from automate_store.application.identity.registering import (
    Register,
    ask_verification,
    register,
    verify_email,
)
from automate_store.application.identity.second_factor import (
    RecoveryCodes,
    begin_second_factor,
    disable_second_factor,
    enable_second_factor,
)
from automate_store.application.identity.signing_in import (
    Login,
    end_session,
    list_sessions,
    login,
    logout,
    logout_everywhere,
    refresh,
)
from automate_store.application.identity.staffing import (
    ChangeStanding,
    change_standing,
    end_sessions_of,
    find_account,
    list_accounts,
)

__all__ = [
    "ChangePassword",
    "ChangeProfile",
    "ChangeStanding",
    "CreateAdmin",
    "Device",
    "Login",
    "PutAddress",
    "RecoveryCodes",
    "Register",
    "SignIn",
    "StoreGate",
    "add_address",
    "ask_verification",
    "begin_second_factor",
    "change_address",
    "change_email",
    "change_password",
    "change_profile",
    "change_standing",
    "confirm_email_change",
    "create_admin",
    "csrf_label",
    "delete_account",
    "disable_second_factor",
    "drop_old_keys",
    "enable_second_factor",
    "end_session",
    "end_sessions_of",
    "export_account",
    "find_account",
    "forgot_password",
    "list_accounts",
    "list_addresses",
    "list_sessions",
    "login",
    "logout",
    "logout_everywhere",
    "mail_account_exists",
    "mail_credentials_changed",
    "mail_email_change",
    "mail_email_replaced",
    "mail_password_reset",
    "mail_reset_link",
    "mail_verification",
    "promote",
    "purge_sessions",
    "refresh",
    "register",
    "remove_address",
    "reset_password",
    "rotate_keys",
    "set_password",
    "show_account",
    "trust_old_changes",
    "verify_email",
]
