using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using BinarySync.Tests.Support;

namespace BinarySync.Docs.Tests.Support;

/// <summary>
/// What <c>ssh</c> reaches from a recipe: a real server, on 127.0.0.1 only, where one is installed; else a script that does as if.
/// Commands that run there find stand-ins in "there-bin".
/// </summary>
internal sealed class OtherMachine : IDisposable
{
    private const string Server = "/usr/sbin/sshd";

    private readonly Process? _server;

    public OtherMachine(Recipe recipe)
    {
        string path = Bash.Path(Directory.CreateDirectory(recipe["there-bin"]).FullName);
        if (!File.Exists(Server))
        {
            recipe.StandIn("ssh", $"""[[ $1 == -l ]] && shift 2; shift; cd "{recipe["remote"]}" && PATH="{path}" exec sh -c "$*" """);
            return;
        }

        int port = FreePort();
        string keys = Directory.CreateDirectory(recipe["ssh"]).FullName;
        Command.Demand("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", $"{keys}/host");
        Command.Demand("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", $"{keys}/user");
        File.WriteAllText($"{keys}/known", $"[127.0.0.1]:{port} {File.ReadAllText($"{keys}/host.pub")}");
        File.WriteAllText($"{keys}/sshd_config", $"""
            Port {port}
            ListenAddress 127.0.0.1
            HostKey {keys}/host
            AuthorizedKeysFile {keys}/user.pub
            PasswordAuthentication no
            PermitRootLogin prohibit-password
            StrictModes no
            UsePAM no
            PidFile none
            SetEnv PATH="{path}" DOTNET_ROOT="{Bash.Runtime}"

            """);
        File.WriteAllText($"{keys}/ssh_config", $"""
            Host *
                Hostname 127.0.0.1
                Port {port}
                User root
                IdentityFile {keys}/user
                IdentitiesOnly yes
                UserKnownHostsFile {keys}/known
                BatchMode yes

            """);
        recipe.StandIn("ssh", $"""exec /usr/bin/ssh -F {keys}/ssh_config "$@" """);
        Directory.CreateDirectory("/run/sshd"); // where it wants to be locked in
        _server = Command.Start(Server, "-D", "-e", "-f", $"{keys}/sshd_config");
        for (int attempt = 0; recipe.Run("master", "ssh there true").Exit != 0; attempt++)
        {
            Assert.True(attempt < 50 && !_server.HasExited, "the ssh server does not answer");
            Thread.Sleep(100);
        }
    }

    public void Dispose()
    {
        _server?.Kill(entireProcessTree: true);
        _server?.WaitForExit();
        _server?.Dispose();
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
