// openbox's rc.xml as we need it: it gives windows their place and the focus, and nothing else. No key, no mouse button
// and no menu may do anything here: a way past the kiosk would be one. Schema: http://openbox.org/wiki/Help:Configuration
// The viewer begins small: a window larger than its monitor lies mostly on the next one, and becomes full screen there.

export const openboxConfig = `<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <focus>
    <focusNew>yes</focusNew>
    <followMouse>no</followMouse>
    <focusLast>yes</focusLast>
    <raiseOnFocus>no</raiseOnFocus>
  </focus>
  <placement><policy>Smart</policy><center>no</center></placement>
  <theme><keepBorder>no</keepBorder><animateIconify>no</animateIconify></theme>
  <desktops><number>1</number><popupTime>0</popupTime></desktops>
  <resize><drawContents>no</drawContents><popupShow>Never</popupShow></resize>
  <keyboard></keyboard>
  <mouse></mouse>
  <menu></menu>
  <applications>
    <application class="*"><decor>no</decor></application>
    <application class="Remote-viewer"><size><width>200</width><height>150</height></size></application>
  </applications>
</openbox_config>
`;
